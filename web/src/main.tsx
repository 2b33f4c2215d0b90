/** Where the dashboard begins. */
import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/errors';
import { answered } from './api/live';
import { routerOf } from './router';
import { theme } from './theme';

// The content policy allows the styles that bear this page's nonce, and no others.
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
const cache = createCache({ key: 'sq', ...(nonce ? { nonce } : {}) });

const queries = new QueryClient({
  queryCache: new QueryCache({
    onSuccess: () => {
      answered(true);
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) left();
      answered(error instanceof ApiError);
    },
  }),
  mutationCache: new MutationCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) left();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});
const router = routerOf(queries);

/** The session is over: log in again, and go on where one was. */
function left(): void {
  const { pathname, href } = router.state.location;
  if (pathname === '/login') return;
  queries.removeQueries({ queryKey: ['session'] });
  void router.navigate({ to: '/login', search: { next: href } });
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme} defaultMode="system" modeStorageKey="sentinel.scheme">
        <CssBaseline enableColorScheme />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ThemeProvider>
    </CacheProvider>
  </StrictMode>,
);
