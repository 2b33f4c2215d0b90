/** The project at a glance: one small answer for each panel of the overview. */
import { queryOptions } from '@tanstack/react-query';
import { moments, type Range } from '../lib/range';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Overview = components['schemas']['Overview'];
export type Since = components['schemas']['Since'];
export type Mover = components['schemas']['Mover'];
export type Changed = components['schemas']['Changed'];
export type Change = components['schemas']['Difference'];
export type Trend = components['schemas']['Trends']['items'][number];
export type Pressing = components['schemas']['Pressing'];
export type Activity = components['schemas']['ActivityOut'];
export type SystemStatus = components['schemas']['SystemStatus'];
export type Grain = 'hour' | 'day';

export const overview = queryOptions({
  queryKey: ['dashboard', 'overview'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/dashboard/overview', { signal })),
});

export const attention = queryOptions({
  queryKey: ['dashboard', 'attention'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/dashboard/attention', { signal })),
});

export const changes = queryOptions({
  queryKey: ['dashboard', 'changes'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/dashboard/changes', { signal })),
});

export const fortnight = queryOptions({
  queryKey: ['dashboard', 'trends', 'fortnight'],
  queryFn: ({ signal }) =>
    unwrap(client.GET('/api/v1/dashboard/trends', { signal, params: { query: { grain: 'day', count: 14 } } })),
});

export const trends = (range: Range, grain: Grain) =>
  queryOptions({
    queryKey: ['dashboard', 'trends', range, grain],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/dashboard/trends', {
          signal,
          params: { query: { grain, ...moments(range, Date.now()) } },
        }),
      ),
    placeholderData: (before) => before,
  });

export const activity = (limit: number) =>
  queryOptions({
    queryKey: ['dashboard', 'activity', limit],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/dashboard/recent-activity', { signal, params: { query: { limit } } })),
  });

export const system = queryOptions({
  queryKey: ['dashboard', 'system'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/dashboard/system-status', { signal })),
});
