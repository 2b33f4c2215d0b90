/** The addresses of pipelines. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { quarantineSearch, runsSearch } from './search';

export const pipelines = [
  createRoute({
    ...within,
    path: '/pipelines',
    component: lazyRouteComponent(() => import('./Pipelines'), 'Pipelines'),
  }),
  createRoute({
    ...within,
    path: '/pipelines/runs',
    validateSearch: runsSearch,
    component: lazyRouteComponent(() => import('./Runs'), 'Runs'),
  }),
  createRoute({
    ...within,
    path: '/pipelines/runs/$run',
    component: lazyRouteComponent(() => import('./Run'), 'Run'),
  }),
  createRoute({
    ...within,
    path: '/pipelines/quarantine',
    component: lazyRouteComponent(() => import('./Held'), 'Held'),
  }),
  createRoute({
    ...within,
    path: '/pipelines/quarantine/$dataset',
    validateSearch: quarantineSearch,
    component: lazyRouteComponent(() => import('./Quarantine'), 'Quarantine'),
  }),
] as const;
