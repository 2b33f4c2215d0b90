/** The addresses of alerts. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { search } from './search';

export const alerts = [
  createRoute({
    ...within,
    path: '/alerts',
    validateSearch: search,
    component: lazyRouteComponent(() => import('./Alerts'), 'Alerts'),
  }),
] as const;
