/** What data has to reach: of sources of uploads, set here; of datasets, promised by their contracts. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Source = components['schemas']['SourceOut'];
export type Thresholds = components['schemas']['ThresholdsOut'];
export type Promised = components['schemas']['ContractItem'];

export const PARTS = ['completeness', 'uniqueness', 'conformity', 'accuracy', 'consistency'] as const;

const PAGE = 100;

export const sources = infiniteQueryOptions({
  queryKey: ['checks', 'thresholds'],
  queryFn: ({ signal, pageParam }) =>
    unwrap(client.GET('/api/v1/data-quality/sources', { signal, params: { query: { limit: PAGE, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

export async function setThresholds(sourceId: string, given: Thresholds): Promise<Source> {
  return unwrap(
    client.PUT('/api/v1/data-quality/sources/{source_id}/thresholds', {
      params: { path: { source_id: sourceId } },
      body: { ...given },
    }),
  );
}

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
