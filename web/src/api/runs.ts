/** Pipelines and their runs. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Tone } from '../lib/color';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Run = components['schemas']['RunOut'];
export type RunDetail = components['schemas']['RunDetail'];
export type Step = components['schemas']['StepOut'];
export type Batch = components['schemas']['BatchOut'];
export type Pipeline = components['schemas']['PipelineOut'];
export type Balance = components['schemas']['Balance'];

export const TONE: Record<Run['status'], Tone> = { running: 'info', succeeded: 'ok', failed: 'critical', stopped: 'unknown' };

export const runs = (limit: number) =>
  queryOptions({
    queryKey: ['runs', 'list', limit],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/runs', { signal, params: { query: { limit } } })),
  });

export interface Wanted {
  pipeline?: string | undefined;
  status?: Run['status'] | undefined;
}

export const allRuns = ({ pipeline, status }: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'all', { pipeline, status }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/runs', {
          signal,
          params: { query: { limit: 100, cursor: pageParam, pipeline: pipeline ?? null, status: status ?? null } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const run = (id: string) =>
  queryOptions({
    queryKey: ['runs', 'one', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/runs/{run_id}', { signal, params: { path: { run_id: id } } })),
  });

export const batches = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'batches', id],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/runs/{run_id}/batches', {
          signal,
          params: { path: { run_id: id }, query: { limit: 500, cursor: pageParam } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const pipelines = infiniteQueryOptions({
  queryKey: ['runs', 'pipelines'],
  queryFn: ({ signal, pageParam }) =>
    unwrap(client.GET('/api/v1/pipelines', { signal, params: { query: { limit: 50, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});
