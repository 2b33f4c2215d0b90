/** Datasets: how each is, and why. */
import { queryOptions } from '@tanstack/react-query';
import type { Tone } from '../lib/color';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Dataset = components['schemas']['DatasetOut'];
export type Row = components['schemas']['DatasetRow'];
export type Health = Dataset['health'];
export type Sort = 'name' | 'health' | 'score' | 'rows' | 'quarantined' | 'age' | 'run';

export const TONE: Record<Health, Tone> = { healthy: 'ok', unknown: 'unknown', warning: 'warn', critical: 'critical' };

export interface Wanted {
  search?: string | undefined;
  health?: Health | undefined;
  layer?: 'silver' | 'gold' | undefined;
  owner?: string | undefined;
  domain?: string | undefined;
  tag?: string | undefined;
  sort?: Sort | undefined;
  reverse?: boolean | undefined;
}

/** Datasets of one page of a list, and days of the line that each row has. */
export const PAGE = 100;
export const DAYS = 14;

/** A page of the list, by its number: any of them can be asked for first. */
export const page = ({ search, health, layer, owner, domain, tag, sort = 'health', reverse = false }: Wanted, number: number) =>
  queryOptions({
    queryKey: ['datasets', 'list', { search, health, layer, owner, domain, tag, sort, reverse }, number],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/datasets', {
          signal,
          params: {
            query: {
              limit: PAGE,
              offset: number * PAGE,
              trend: DAYS,
              search: search ?? null,
              health: health ? [health] : null,
              layer: layer ?? null,
              owner: owner ?? null,
              domain: domain ?? null,
              tag: tag ?? null,
              sort,
              reverse,
            },
          },
        }),
      ),
  });
