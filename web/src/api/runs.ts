/** Runs of pipelines. */
import { queryOptions } from '@tanstack/react-query';
import type { Tone } from '../lib/color';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Run = components['schemas']['RunOut'];

export const TONE: Record<Run['status'], Tone> = { running: 'info', succeeded: 'ok', failed: 'critical', stopped: 'unknown' };

export const runs = (limit: number) =>
  queryOptions({
    queryKey: ['runs', 'list', limit],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/runs', { signal, params: { query: { limit } } })),
  });
