/** The addresses of settings. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';

export const settings = [
  createRoute({
    ...within,
    path: '/settings',
    component: lazyRouteComponent(() => import('./Settings'), 'Settings'),
  }),
] as const;
