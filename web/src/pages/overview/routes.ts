/** The addresses of overview. */
import { noop } from '@tanstack/react-query';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { attention, changes, overview as glance } from '../../api/dashboard';
import { within } from '../../root';

export const overview = [
  createRoute({
    ...within,
    path: '/',
    // Asked for while the code of the page is on its way, which tells what fails.
    loader: ({ context: { queries } }) => {
      queries.query(glance).catch(noop);
      queries.query(attention).catch(noop);
      queries.query(changes).catch(noop);
    },
    component: lazyRouteComponent(() => import('./Overview'), 'Overview'),
  }),
] as const;
