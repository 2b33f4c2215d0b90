/** Datasets: how each is, and why. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Tone } from '../lib/color';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Dataset = components['schemas']['DatasetOut'];
export type Row = components['schemas']['DatasetRow'];
export type Health = Dataset['health'];
export type Sort = 'name' | 'health' | 'score' | 'rows' | 'quarantined' | 'age' | 'run';

export const TONE: Record<Health, Tone> = { healthy: 'ok', unknown: 'unknown', warning: 'warn', critical: 'critical' };

export interface Wanted {
  search?: string | undefined;
  health?: Health | undefined;
}

export const datasets = ({ search, health }: Wanted, limit = 500) =>
  infiniteQueryOptions({
    queryKey: ['datasets', 'list', { search, health, limit }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/datasets', {
          signal,
          params: {
            query: { limit, cursor: pageParam, search: search ?? null, health: health ? [health] : null, sort: 'health' },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const flow = (name: string, days: number) =>
  queryOptions({
    queryKey: ['datasets', 'quality', name, days],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/datasets/{name}/quality', {
          signal,
          params: { path: { name }, query: { days, grain: 'hour' } },
        }),
      ),
  });
