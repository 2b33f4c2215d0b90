/** Quarantine: what was refused and why, trying it again, and what has left. Keys begin with `runs`: it is runs of
 * pipelines and replays that change it. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { parse } from '../lib/exact';
import { asked, days, type Range } from '../lib/range';
import { client, unwrap } from './client';
import type { Job } from './jobs';
import type { components } from './schema';

export type Held = components['schemas']['HeldOut'];
export type Group = components['schemas']['Group'];
export type Arrived = components['schemas']['Arrived'];
export type Refused = components['schemas']['RecordOut'];
export type RefusedDetail = components['schemas']['RecordDetail'];
export type Reason = components['schemas']['ErrorOut'];
export type Move = components['schemas']['MoveOut'];
export type Moved = components['schemas']['GoneOut'];
export type Past = components['schemas']['Past'];
export type Contract = components['schemas']['ContractChoice'];
export type Wanted = components['schemas']['Replay'];

export interface Place {
  partition: string;
  batch: number;
  row: number;
}

/** What became of the records of a replay, as its job says: tried = recovered + still_bad + duplicates + dropped. */
export interface Outcome {
  dry_run: boolean;
  run_id: string | null;
  contract: string | null;
  tried: number;
  recovered: number;
  still_bad: number;
  duplicates: number;
  dropped: number;
  unfit: number;
  seconds: number;
  reasons: { check: string; records: number; message: string; hash: string }[];
}

export const held = infiniteQueryOptions({
  queryKey: ['runs', 'quarantine'],
  queryFn: ({ signal, pageParam }) =>
    unwrap(client.GET('/api/v1/quarantine', { signal, params: { query: { limit: 200, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

export const groups = (dataset: string) =>
  queryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'groups'],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/quarantine/{dataset}', { signal, params: { path: { dataset } } })),
  });

export const arrivals = (dataset: string, range: Range) =>
  queryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'arrivals', range],
    queryFn: ({ signal }) => {
      const now = Date.now();
      return unwrap(
        client.GET('/api/v1/quarantine/{dataset}/arrivals', {
          signal,
          params: { path: { dataset }, query: { ...asked(range, now), grain: days(range, now) > 10 ? 'day' : 'hour' } },
        }),
      );
    },
    placeholderData: (before) => before,
  });

export const contracts = (dataset: string) =>
  queryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'contracts'],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/quarantine/{dataset}/contracts', { signal, params: { path: { dataset } } })),
  });

export const records = (dataset: string, check: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'records', check],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/quarantine/{dataset}/records', {
          signal,
          params: { path: { dataset }, query: { limit: 100, cursor: pageParam, check: check ? [check] : null } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const record = (dataset: string, place: Place) =>
  queryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'record', place],
    queryFn: async ({ signal }) => {
      const asked = client.GET('/api/v1/quarantine/{dataset}/record', { signal, parseAs: 'text', params: { path: { dataset }, query: { ...place } } });
      return parse(await unwrap(asked)) as RefusedDetail;
    },
    retry: false,
  });

export const past = (dataset: string, place: Place) =>
  queryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'past', place],
    queryFn: async ({ signal }) => {
      const asked = client.GET('/api/v1/quarantine/{dataset}/past', { signal, parseAs: 'text', params: { path: { dataset }, query: { ...place } } });
      return parse(await unwrap(asked)) as Past;
    },
    retry: false,
  });

export const moves = (dataset: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'moves'],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/quarantine/{dataset}/moves', {
          signal,
          params: { path: { dataset }, query: { limit: 20, cursor: pageParam } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const moved = (dataset: string, move: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'quarantine', dataset, 'moved', move],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/quarantine/{dataset}/moves/{move}', {
          signal,
          params: { path: { dataset, move }, query: { limit: 500, cursor: pageParam } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const replay = (dataset: string, wanted: Wanted): Promise<Job> =>
  unwrap(client.POST('/api/v1/quarantine/{dataset}/replay', { params: { path: { dataset } }, body: wanted }));
