/** The addresses of pipelines. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';

export const pipelines = [
  createRoute({
    ...within,
    path: '/pipelines',
    component: lazyRouteComponent(() => import('./Pipelines'), 'Pipelines'),
  }),
] as const;
