/** The addresses of quality. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';

export const quality = [
  createRoute({
    ...within,
    path: '/quality',
    component: lazyRouteComponent(() => import('./Quality'), 'Quality'),
  }),
] as const;
