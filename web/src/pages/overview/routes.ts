/** The addresses of overview. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';

export const overview = [
  createRoute({
    ...within,
    path: '/',
    component: lazyRouteComponent(() => import('./Overview'), 'Overview'),
  }),
] as const;
