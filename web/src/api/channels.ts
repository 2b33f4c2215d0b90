/** Channels: where alerts go, what waits there, and a message to try each. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Severity } from './alerts';
import { client, unwrap } from './client';
import { OFTEN } from './live';
import type { components } from './schema';

export type Channel = components['schemas']['ChannelOut'];
export type Delivery = components['schemas']['DeliveryOut'];
export type Rules = components['schemas']['RulesOut'];
export type Maintenance = components['schemas']['MaintenanceOut'];
export type Preview = components['schemas']['Preview'];
export type Tried = components['schemas']['Tried'];

const PAGE = 50;

export const channels = queryOptions({
  queryKey: ['alerts', 'channels'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/channels', { signal })),
  select: (page) => page.items,
  refetchInterval: OFTEN,
});

export const rules = queryOptions({
  queryKey: ['alerts', 'channels', 'rules'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/channels/rules', { signal })),
});

export const deliveries = (state: Delivery['state']) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'channels', 'deliveries', state],
    queryFn: ({ signal, pageParam }) =>
      unwrap(client.GET('/api/v1/channels/deliveries', { signal, params: { query: { state, limit: PAGE, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
    // Who has gone further down reads what is there.
    refetchInterval: ({ state: { data } }) => ((data?.pages.length ?? 0) > 1 ? false : OFTEN),
  });

export interface Imagined {
  severity: Severity;
  kind: string;
  dataset?: string | undefined;
}

/** Where an alert would go; nothing is sent. */
export const preview = ({ severity, kind, dataset }: Imagined) =>
  queryOptions({
    queryKey: ['alerts', 'channels', 'preview', severity, kind, dataset],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/channels/preview', { signal, params: { query: { severity, kind, dataset: dataset ?? null } } })),
    placeholderData: (before) => before,
  });

export async function tryChannel(name: string): Promise<Tried> {
  return unwrap(client.POST('/api/v1/channels/{name}/test', { params: { path: { name } } }));
}

export async function sendAgain(id: number): Promise<void> {
  await unwrap(client.POST('/api/v1/channels/deliveries/{delivery_id}/retry', { params: { path: { delivery_id: id } } }));
}
