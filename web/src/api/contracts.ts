/** Contracts: beside what is observed, against the pinned one, and as the YAML of the standard. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Tone } from '../lib/color';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Clauses = components['schemas']['Clauses'];
export type Clause = components['schemas']['ClauseOut'];
export type Rule = components['schemas']['RuleOut'];
export type Change = components['schemas']['Diff']['changes'][number];
export type Impact = Change['producers'];

export const IMPACT: Record<Impact, Tone> = { harmless: 'ok', risky: 'warn', breaking: 'critical' };

export interface Sought {
  search?: string | undefined;
  failing?: boolean | undefined;
}

export const clauses = (dataset: string, { search, failing }: Sought) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'clauses', dataset, { search, failing }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/contracts/{dataset}/clauses', {
          signal,
          params: { path: { dataset }, query: { limit: 100, cursor: pageParam, search: search ?? null, failing: failing ?? false } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.columns.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const contract = (dataset: string) =>
  queryOptions({
    queryKey: ['contracts', 'one', dataset],
    queryFn: async ({ signal }) => {
      const found = await unwrap(client.GET('/api/v1/contracts/{dataset}', { signal, params: { path: { dataset } } }));
      return found as components['schemas']['ContractDetail']; // the same address gives YAML, too, to who asks for it
    },
  });

export const diff = (dataset: string) =>
  queryOptions({
    queryKey: ['batches', 'diff', dataset],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/contracts/{dataset}/diff', { signal, params: { path: { dataset } } })),
  });
