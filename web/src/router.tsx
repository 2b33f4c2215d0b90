/** The addresses of the dashboard: each page is fetched when it is opened, and fails alone. */
import Box from '@mui/material/Box';
import type { QueryClient } from '@tanstack/react-query';
import { createRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState } from './components/EmptyState';
import { ErrorState } from './components/ErrorState';
import { Loading } from './components/Loading';
import { Page } from './components/Page';
import { alerts } from './pages/alerts/routes';
import { dataset } from './pages/dataset/routes';
import { datasets } from './pages/datasets/routes';
import { drift } from './pages/drift/routes';
import { login } from './pages/login/routes';
import { models } from './pages/models/routes';
import { overview } from './pages/overview/routes';
import { pipelines } from './pages/pipelines/routes';
import { quality } from './pages/quality/routes';
import { settings } from './pages/settings/routes';
import { frame, root } from './root';

const pages = [...overview, ...datasets, ...dataset, ...quality, ...drift, ...pipelines, ...alerts, ...models, ...settings] as const;

export function routerOf(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([login, frame.addChildren(pages)]),
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
