/** Datasets, alerts and runs by a part of their name. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Found = components['schemas']['Found'];

export const found = (text: string) =>
  queryOptions({
    queryKey: ['search', text],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/search', { signal, params: { query: { q: text } } })),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
