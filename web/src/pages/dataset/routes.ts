/** The addresses of one dataset: a tab for each question about it. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { within } from '../../root';
import { columns, contract, lineage } from './tabs';

const one = createRoute({
  ...within,
  path: '/datasets/$name',
  component: lazyRouteComponent(() => import('./Dataset'), 'Dataset'),
});
const inside = { getParentRoute: () => one } as const;

// A constant of its own: within the call its type would be that of any routes.
const tabs = [
  createRoute({ ...inside, path: '/', component: lazyRouteComponent(() => import('./Overview'), 'Overview') }),
  createRoute({ ...inside, path: '/contract', validateSearch: contract, component: lazyRouteComponent(() => import('./Contract'), 'Contract') }),
  createRoute({ ...inside, path: '/columns', validateSearch: columns, component: lazyRouteComponent(() => import('./Columns'), 'Columns') }),
  createRoute({ ...inside, path: '/versions', component: lazyRouteComponent(() => import('./Versions'), 'Versions') }),
  createRoute({ ...inside, path: '/sample', component: lazyRouteComponent(() => import('./Sample'), 'Sample') }),
  createRoute({ ...inside, path: '/lineage', validateSearch: lineage, component: lazyRouteComponent(() => import('./Lineage'), 'Lineage') }),
] as const;

export const dataset = [one.addChildren(tabs)] as const;
