/** The addresses of models. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';

export const models = [
  createRoute({
    ...within,
    path: '/models',
    component: lazyRouteComponent(() => import('./Models'), 'Models'),
  }),
] as const;
