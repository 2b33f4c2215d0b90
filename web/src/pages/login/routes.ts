/** The address of the login. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../root';

export const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (given: Record<string, unknown>): { next?: string } => {
    // Only a path of this server: "//elsewhere" would lead away from it.
    const next = typeof given['next'] === 'string' && /^\/(?![/\\])/.test(given['next']) ? given['next'] : undefined;
    return next === undefined ? {} : { next };
  },
  component: lazyRouteComponent(() => import('./Login'), 'Login'),
});
