/** Monitors: series over time, the band each is expected in, and what people say of them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Tone } from '../lib/color';
import { count, number, share, span } from '../lib/format';
import { asked, type Range } from '../lib/range';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Series = components['schemas']['SeriesOut'];
export type Point = components['schemas']['PointOut'];
export type Feedback = components['schemas']['FeedbackOut'];
export type Verdict = Feedback['verdict'];

export const KINDS = ['freshness', 'volume', 'schema', 'nulls', 'score', 'metric'] as const;
export type Kind = (typeof KINDS)[number];

export const VERDICTS = {
  false_positive: 'False positive',
  expected_change: 'Expected change',
  incident: 'Incident',
} as const satisfies Record<Verdict, string>;

/** What each verdict makes the monitors do. */
export const MEANING = {
  false_positive: 'it was normal: such values are expected from now on',
  expected_change: 'it was meant: what is usual begins anew from here',
  incident: 'it was wrong: these hours are left out of every baseline',
} as const satisfies Record<Verdict, string>;

/** What a monitor's verdict of a point is called, and how it looks. */
export const STATES: Record<string, [Tone, string]> = {
  anomaly: ['warn', 'anomaly'],
  normal: ['ok', 'normal'],
  judged: ['ok', 'by its own rule'],
  'warming up': ['unknown', 'warming up'],
  masked: ['unknown', 'left out'],
  gap: ['unknown', 'gap'],
};

export interface Wanted {
  q?: string | undefined;
  kind?: Kind | undefined;
  dataset?: string | undefined;
  verdict?: string | undefined;
}

const VALUES = 48;

export const list = ({ q, kind, dataset, verdict }: Wanted, limit = 200) =>
  infiniteQueryOptions({
    queryKey: ['measurements', 'list', { q, kind, dataset, verdict, limit }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/monitors', {
          signal,
          params: { query: { sort: 'worst', values: VALUES, limit, cursor: pageParam, search: q ?? null, kind: kind ?? null, dataset: dataset ?? null, verdict: verdict ?? null } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const points = (series: string, range: Range) =>
  queryOptions({
    queryKey: ['measurements', 'points', series, range],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/monitors/{series}/points', { signal, params: { path: { series }, query: asked(range, Date.now()) } })),
  });

export interface Said {
  since: string;
  until: string;
  verdict: Verdict;
  note?: string;
}

export async function say(series: string, said: Said): Promise<Feedback> {
  return unwrap(client.POST('/api/v1/monitors/{series}/feedback', { params: { path: { series } }, body: said }));
}

export async function takeBack(series: string, { since, until }: Pick<Feedback, 'since' | 'until'>): Promise<void> {
  await client.DELETE('/api/v1/monitors/{series}/feedback', { params: { path: { series }, query: { since, until } } });
}

/** How the values of a kind are written. */
export const WRITE: Record<Kind, (value: number | null | undefined) => string> = {
  freshness: span,
  volume: count,
  schema: count,
  nulls: share,
  score: share,
  metric: number,
};

export function kindOf(kind: string): Kind {
  return KINDS.find((each) => each === kind) ?? 'metric';
}
