/** The addresses of drift. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';

export const drift = [
  createRoute({
    ...within,
    path: '/drift',
    component: lazyRouteComponent(() => import('./Drift'), 'Drift'),
  }),
] as const;
