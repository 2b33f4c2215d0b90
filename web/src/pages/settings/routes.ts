/** The addresses of settings: a tab each. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { audit, keys, routing } from './search';

const layout = createRoute({
  ...within,
  path: '/settings',
  component: lazyRouteComponent(() => import('./Settings'), 'Settings'),
});
const tab = { getParentRoute: () => layout } as const;

const tabs = [
  createRoute({ ...tab, path: '/', component: lazyRouteComponent(() => import('./Settings'), 'First') }),
  createRoute({ ...tab, path: '/channels', validateSearch: routing, component: lazyRouteComponent(() => import('./Channels'), 'Channels') }),
  createRoute({ ...tab, path: '/users', component: lazyRouteComponent(() => import('./Users'), 'Users') }),
  createRoute({ ...tab, path: '/keys', validateSearch: keys, component: lazyRouteComponent(() => import('./Keys'), 'Keys') }),
  createRoute({ ...tab, path: '/thresholds', component: lazyRouteComponent(() => import('./Thresholds'), 'Thresholds') }),
  createRoute({ ...tab, path: '/audit', validateSearch: audit, component: lazyRouteComponent(() => import('./Audit'), 'Audit') }),
  createRoute({ ...tab, path: '/account', component: lazyRouteComponent(() => import('./Account'), 'Account') }),
  createRoute({ ...tab, path: '/about', component: lazyRouteComponent(() => import('./About'), 'About') }),
] as const;

// Apart from its children: within one expression, the types of all addresses would be lost.
export const settings = [layout.addChildren(tabs)] as const;
