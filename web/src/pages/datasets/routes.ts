/** The addresses of datasets. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { search } from './search';

export const datasets = [
  createRoute({
    ...within,
    path: '/datasets',
    validateSearch: search,
    component: lazyRouteComponent(() => import('./Datasets'), 'Datasets'),
  }),
] as const;
