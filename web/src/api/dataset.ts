/** One dataset: how it is and was, its versions, its rows, and where it stands among others. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { asked, days, type Range } from '../lib/range';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Detail = components['schemas']['DatasetDetail'];
export type Timeline = components['schemas']['Timeline'];
export type Version = components['schemas']['VersionOut'];
export type Sample = components['schemas']['Sample'];
export type Lineage = components['schemas']['Lineage'];
export type Node = components['schemas']['Node'];

const HOURLY = 8; // days up to which hours are told apart

export const dataset = (name: string) =>
  queryOptions({
    queryKey: ['datasets', 'one', name],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/datasets/{name}', { signal, params: { path: { name } } })),
  });

export const timeline = (name: string, range: Range) =>
  queryOptions({
    queryKey: ['datasets', 'timeline', name, range],
    queryFn: ({ signal }) => {
      const now = Date.now();
      return unwrap(
        client.GET('/api/v1/datasets/{name}/timeline', {
          signal,
          params: { path: { name }, query: { ...asked(range, now), grain: days(range, now) <= HOURLY ? 'hour' : 'day' } },
        }),
      );
    },
    placeholderData: (before) => before,
  });

export const versions = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['datasets', 'versions', name],
    queryFn: ({ signal, pageParam }) =>
      unwrap(client.GET('/api/v1/datasets/{name}/versions', { signal, params: { path: { name }, query: { limit: 200, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const sample = (name: string, limit: number) =>
  queryOptions({
    queryKey: ['batches', 'sample', name, limit],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/datasets/{name}/sample', { signal, params: { path: { name }, query: { limit } } })),
  });

export const lineage = (name: string) =>
  queryOptions({
    queryKey: ['datasets', 'lineage', name],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/datasets/{name}/lineage', { signal, params: { path: { name } } })),
  });
