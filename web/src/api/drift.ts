/** Drift: every look by dataset, column and time, what was found, and two windows compared. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { asked, type Range } from '../lib/range';
import type { Severity } from './alerts';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Matrix = components['schemas']['Matrix'];
export type MatrixRow = components['schemas']['MatrixRow'];
export type Found = components['schemas']['DriftOut'];
export type Moved = components['schemas']['Drifted'];
export type Compared = components['schemas']['ComparedOut'];
export type Side = components['schemas']['SideOut'];
export type ColumnDrift = components['schemas']['Distributions'];
export type Shares = ColumnDrift['distributions'][number];
export type Test = ColumnDrift['tests'][number];
export type Grain = Matrix['grain'];

export interface Wanted {
  range: Range;
  grain: Grain;
  dataset?: string | undefined;
  q?: string | undefined;
  severity?: Severity | undefined;
}

/** Which two windows are compared, as the API writes them; what is left out is as the project says. */
export interface Windows {
  baseline?: string | undefined;
  current?: string | undefined;
}

const COLUMNS = 40; // of each dataset among many
const ALL = 1000;

export const matrix = ({ range, grain, dataset, q, severity }: Wanted, limit = 25) =>
  infiniteQueryOptions({
    queryKey: ['drift', 'matrix', { range, grain, dataset, q, severity, limit }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/drift/matrix', {
          signal,
          params: {
            query: { ...asked(range, Date.now()), grain, columns: dataset ? ALL : COLUMNS, limit, cursor: pageParam, dataset: dataset ?? null, search: q ?? null, severity: severity ?? null },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const compared = (dataset: string, windows: Windows) =>
  queryOptions({
    queryKey: ['drift', 'compared', dataset, windows],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/drift/{dataset}/compare', {
          signal,
          params: { path: { dataset }, query: { baseline: windows.baseline ?? null, current: windows.current ?? null, brief: true } },
        }),
      ),
    placeholderData: (before) => before,
  });

export const column = (dataset: string, name: string, windows: Windows, days: number) =>
  queryOptions({
    queryKey: ['drift', 'column', dataset, name, windows, days],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/drift/{dataset}/columns/{column}', {
          signal,
          params: { path: { dataset, column: name }, query: { baseline: windows.baseline ?? null, current: windows.current ?? null, days } },
        }),
      ),
    placeholderData: (before) => before,
  });

/** What was found of a dataset, or of a column of it, newest first. */
export const found = (dataset: string, name: string | undefined, range: Range, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ['drift', 'found', dataset, name, range, limit],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/drift', {
          signal,
          params: { query: { dataset, ...asked(range, Date.now()), limit, cursor: pageParam, field_name: name ?? null } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

/** The key of the alert that tells of a drift: what a column drifts by is one condition, whichever metrics see it. */
export function keyOf(dataset: string, { drift_type, field_name, entity }: Pick<Moved, 'drift_type' | 'field_name' | 'entity'>): string {
  return `drift/${dataset}/${drift_type}/${field_name ?? entity}`;
}
