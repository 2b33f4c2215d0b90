/** What all addresses hang from: the root, and the frame that asks for a login. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, redirect, retainSearchParams } from '@tanstack/react-router';
import { ApiError } from './api/errors';
import { me } from './api/session';
import { Frame } from './frame/Frame';
import { kept, type Span } from './lib/range';

export const root = createRootRouteWithContext<{ queries: QueryClient }>()({});

export const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  // The span of time that is looked at goes along from page to page.
  validateSearch: kept,
  search: { middlewares: [retainSearchParams<Span>(['from', 'to'])] },
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.query({ ...me, staleTime: 'static' });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to lead elsewhere
        throw redirect({ to: '/login', search: { next: location.href } });
      }
      throw error;
    }
  },
});

/** What a page within the frame says of its place. */
export const within = { getParentRoute: () => frame } as const;
