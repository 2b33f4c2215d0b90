/** Profiles: what columns hold, one column in full, and columns over time. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Column = components['schemas']['ColumnProfile'];
export type ColumnInFull = components['schemas']['ColumnDetail'];
export type Line = components['schemas']['ColumnSeries'];

export const KINDS = ['number', 'text', 'time', 'boolean', 'list', 'struct', 'binary', 'null'] as const;
export type Kind = (typeof KINDS)[number];

const SIZE = 50; // columns to a page: their paths fit into one address

export interface Sought {
  search?: string | undefined;
  kind?: Kind | undefined;
}

export const columns = (dataset: string, window: string, { search, kind }: Sought) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'columns', dataset, window, { search, kind }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/profiles/{dataset}', {
          signal,
          params: { path: { dataset }, query: { window, limit: SIZE, cursor: pageParam, search: search ?? null, kind: kind ?? null } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.columns.next_cursor ?? null,
    placeholderData: (before) => before,
  });

/** Rows and nulls over time, of all columns of a page at once. */
export const series = (dataset: string, window: string, paths: readonly string[]) =>
  queryOptions({
    queryKey: ['profiles', 'series', dataset, window, paths],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/profiles/{dataset}/series', { signal, params: { path: { dataset }, query: { window, path: [...paths] } } })),
    staleTime: 60_000,
  });

export const column = (dataset: string, window: string, path: string) =>
  queryOptions({
    queryKey: ['profiles', 'column', dataset, window, path],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/profiles/{dataset}/column', { signal, params: { path: { dataset }, query: { window, path } } })),
    placeholderData: (before) => before,
  });
