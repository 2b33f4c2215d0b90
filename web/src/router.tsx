/** The addresses of the dashboard: each page is fetched when it is opened, and fails alone. */
import Box from '@mui/material/Box';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import { ApiError } from './api/errors';
import { me } from './api/session';
import { EmptyState } from './components/EmptyState';
import { ErrorState } from './components/ErrorState';
import { Loading } from './components/Loading';
import { Page } from './components/Page';
import { Frame } from './frame/Frame';
import { search as alertSearch } from './pages/alerts/search';
import { search as datasetSearch } from './pages/datasets/search';

const root = createRootRouteWithContext<{ queries: QueryClient }>()({});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (given: Record<string, unknown>): { next?: string } => {
    // Only a path of this server: "//elsewhere" would lead away from it.
    const next = typeof given['next'] === 'string' && /^\/(?![/\\])/.test(given['next']) ? given['next'] : undefined;
    return next === undefined ? {} : { next };
  },
  component: lazyRouteComponent(() => import('./pages/login/Login'), 'Login'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.query({ ...me, staleTime: 'static' });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to lead elsewhere
        throw redirect({ to: '/login', search: { next: location.href } });
      }
      throw error;
    }
  },
});

const within = { getParentRoute: () => frame } as const;
const routes = [
  createRoute({ ...within, path: '/', component: lazyRouteComponent(() => import('./pages/overview/Overview'), 'Overview') }),
  createRoute({ ...within, path: '/datasets', validateSearch: datasetSearch, component: lazyRouteComponent(() => import('./pages/datasets/Datasets'), 'Datasets') }),
  createRoute({ ...within, path: '/quality', component: lazyRouteComponent(() => import('./pages/quality/Quality'), 'Quality') }),
  createRoute({ ...within, path: '/drift', component: lazyRouteComponent(() => import('./pages/drift/Drift'), 'Drift') }),
  createRoute({ ...within, path: '/pipelines', component: lazyRouteComponent(() => import('./pages/pipelines/Pipelines'), 'Pipelines') }),
  createRoute({
    ...within,
    path: '/alerts',
    validateSearch: alertSearch,
    component: lazyRouteComponent(() => import('./pages/alerts/Alerts'), 'Alerts'),
  }),
  createRoute({ ...within, path: '/models', component: lazyRouteComponent(() => import('./pages/models/Models'), 'Models') }),
  createRoute({ ...within, path: '/settings', component: lazyRouteComponent(() => import('./pages/settings/Settings'), 'Settings') }),
] as const;

export function routerOf(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([login, frame.addChildren(routes)]),
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: () => <Loading />,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: Missing,
  });
}

function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <Box sx={{ p: 2 }}>
      <ErrorState error={error} retry={reset} what="This page could not be shown" />
    </Box>
  );
}

function Missing() {
  return (
    <Page title="There is no such page">
      <EmptyState title="Nothing lies at this address">The navigation leads to all pages there are.</EmptyState>
    </Page>
  );
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerOf>;
  }
}
