/** The addresses of data quality: all sources and checks, one source, one check. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { found, search } from './search';

export const quality = [
  createRoute({
    ...within,
    path: '/quality',
    validateSearch: search,
    component: lazyRouteComponent(() => import('./Quality'), 'Quality'),
  }),
  createRoute({
    ...within,
    path: '/quality/sources/$source',
    component: lazyRouteComponent(() => import('./SourcePage'), 'SourcePage'),
  }),
  createRoute({
    ...within,
    path: '/quality/checks/$check',
    validateSearch: found,
    component: lazyRouteComponent(() => import('./CheckPage'), 'CheckPage'),
  }),
] as const;
