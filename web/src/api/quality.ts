/** Data quality: sources of uploads, the checks of their files, and what they must reach. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { asked, type Range } from '../lib/range';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Source = components['schemas']['SourceOut'];
export type Check = components['schemas']['FileCheck'];
export type FullCheck = components['schemas']['CheckWithReport'];
export type Report = components['schemas']['ReportOut'];
export type Part = components['schemas']['Part'];
export type Checked = components['schemas']['Checked'];
export type Measure = components['schemas']['Measure'];
export type Moved = components['schemas']['Moved'];
export type Thresholds = components['schemas']['ThresholdsOut'];
export type Quality = components['schemas']['Quality'];
export type Accepted = components['schemas']['Accepted'];
export type Summary = components['schemas']['Summary'];
export type CheckStatus = Check['status'];

/** The parts of the score that every source has; a contract may add others. */
export const PARTS = ['completeness', 'uniqueness', 'conformity', 'accuracy', 'consistency'] as const;

const PAGE = 100;
const OFTEN = 1000;

export const summary = queryOptions({
  queryKey: ['checks', 'summary'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/data-quality/summary', { signal })),
});

export interface WantedSources {
  q?: string | undefined;
  sort?: 'name' | 'score' | undefined;
}

export const sources = ({ q, sort = 'score' }: WantedSources) =>
  infiniteQueryOptions({
    queryKey: ['checks', 'sources', { q, sort }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/data-quality/sources', {
          signal,
          params: { query: { text: q ?? null, sort, limit: PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

/** Names of sources that have a text in them, for who chooses one. */
export const sourceNames = (text: string) =>
  queryOptions({
    queryKey: ['checks', 'names', text],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/data-quality/sources', { signal, params: { query: { text: text || null, limit: 20 } } })),
    select: (page) => page.items.map(({ name }) => name),
    placeholderData: (before) => before,
  });

export const quality = (sourceId: string, range: Range) =>
  queryOptions({
    queryKey: ['checks', 'quality', sourceId, range],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/data-quality/sources/{source_id}/quality', {
          signal,
          params: { path: { source_id: sourceId }, query: asked(range, Date.now()) },
        }),
      ),
    placeholderData: (before) => before,
  });

export interface WantedChecks {
  q?: string | undefined;
  status?: CheckStatus | undefined;
}

export const checks = ({ q, status }: WantedChecks) =>
  infiniteQueryOptions({
    queryKey: ['checks', 'list', { q, status }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/data-quality/checks', {
          signal,
          params: { query: { text: q ?? null, status: status ? [status] : null, limit: PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

/** Whether nothing more comes of a check. */
export function ended(check: Pick<Check, 'status'>): boolean {
  return check.status === 'done' || check.status === 'failed';
}

/** One check with its report, which may be long: once it has ended it is never asked for again. */
export const check = (id: string) =>
  queryOptions({
    queryKey: ['checks', 'one', id],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/data-quality/checks/{check_id}', { signal, params: { path: { check_id: id } } })),
    refetchInterval: ({ state }) => (state.data && ended(state.data) ? false : OFTEN),
    staleTime: ({ state }) => (state.data && ended(state.data) ? 'static' : 0),
  });

export const alertsOf = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'check', id],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/data-quality/checks/{check_id}/alerts', { signal, params: { path: { check_id: id } } }),
      ),
  });

export async function describe(sourceId: string, given: components['schemas']['Described']): Promise<Source> {
  return unwrap(client.PATCH('/api/v1/data-quality/sources/{source_id}', { params: { path: { source_id: sourceId } }, body: given }));
}

export async function setThresholds(sourceId: string, given: Partial<Thresholds>): Promise<Source> {
  return unwrap(
    client.PUT('/api/v1/data-quality/sources/{source_id}/thresholds', {
      params: { path: { source_id: sourceId } },
      body: given,
    }),
  );
}

/** Have the last file of a source that was kept checked once more. */
export async function checkAgain(sourceId: string): Promise<Accepted> {
  return unwrap(
    client.POST('/api/v1/data-quality/sources/{source_id}/check', { params: { path: { source_id: sourceId } } }),
  );
}

export type ReportFormat = 'html' | 'json' | 'csv';

/** Where a check's report is downloaded from. */
export function reportAddress(id: string, format: ReportFormat): string {
  return `/api/v1/data-quality/checks/${encodeURIComponent(id)}/report?format=${format}`;
}
