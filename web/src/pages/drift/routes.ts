/** The addresses of drift: all datasets, one of them, and a column of it. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { search, windows } from './search';

export const drift = [
  createRoute({
    ...within,
    path: '/drift',
    validateSearch: search,
    component: lazyRouteComponent(() => import('./Drift'), 'Drift'),
  }),
  createRoute({
    ...within,
    path: '/drift/$dataset',
    validateSearch: windows,
    component: lazyRouteComponent(() => import('./DatasetDrift'), 'DatasetDrift'),
  }),
  createRoute({
    ...within,
    path: '/drift/$dataset/$column',
    validateSearch: windows,
    component: lazyRouteComponent(() => import('./ColumnDrift'), 'ColumnDrift'),
  }),
] as const;
