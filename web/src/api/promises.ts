/** What the contracts of the datasets promise: lists of all of them, to be read together. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Promised = components['schemas']['ContractItem'];

const PAGE = 100;

export const contracts = infiniteQueryOptions({
  queryKey: ['datasets', 'contracts'],
  queryFn: ({ signal, pageParam }) =>
    unwrap(client.GET('/api/v1/contracts', { signal, params: { query: { limit: PAGE, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

export const freshness = infiniteQueryOptions({
  queryKey: ['freshness', 'all'],
  queryFn: ({ signal, pageParam }) =>
    unwrap(client.GET('/api/v1/freshness', { signal, params: { query: { limit: 500, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});
