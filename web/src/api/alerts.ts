/** Alerts: lists, one with its history, and what people do about them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Alert = components['schemas']['AlertOut'];
export type AlertWithHistory = components['schemas']['AlertWithHistory'];
export type Entry = components['schemas']['EventOut'];
export type Counts = components['schemas']['Counts'];
export type Status = Alert['status'];
export type Severity = Alert['severity'];
export type Reason = NonNullable<components['schemas']['Resolution']['reason']>;

export const REASONS = {
  fixed: 'Fixed',
  false_positive: 'False positive: nothing was wrong',
  expected_change: 'Expected change: it is meant to be so',
  missing_data: 'Missing data',
  duplicates: 'Duplicates',
  out_of_bounds: 'Out of bounds',
  other: 'Other',
} as const satisfies Record<Reason, string>;

export interface Wanted {
  status: Status[];
  severity?: Severity | undefined;
  dataset?: string | undefined;
  assignee?: string | undefined;
  unassigned?: boolean;
}

const PAGE = 200;

export const alerts = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'list', wanted],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/alerts/', {
          signal,
          params: {
            query: {
              status: wanted.status,
              limit: PAGE,
              cursor: pageParam,
              severity: wanted.severity ? [wanted.severity] : null,
              dataset: wanted.dataset ?? null,
              assignee: wanted.assignee ?? null,
              unassigned: wanted.unassigned ?? false,
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
  });

export const alert = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/alerts/{alert_id}', { signal, params: { path: { alert_id: id } } })),
  });

export const summary = queryOptions({
  queryKey: ['alerts', 'summary'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/alerts/summary', { signal })),
});

/** What can be done about an alert. */
export type Action =
  | { verb: 'acknowledge'; note?: string }
  | { verb: 'snooze'; until: string; note?: string }
  | { verb: 'assign'; assignee: string | null }
  | { verb: 'resolve'; reason: Reason; note?: string }
  | { verb: 'reopen' }
  | { verb: 'comment'; note: string };

export async function act(id: string, action: Action): Promise<Alert> {
  const params = { path: { alert_id: id } };
  switch (action.verb) {
    case 'acknowledge':
      return unwrap(client.POST('/api/v1/alerts/{alert_id}/acknowledge', { params, body: said(action.note) }));
    case 'snooze':
      return unwrap(
        client.POST('/api/v1/alerts/{alert_id}/snooze', {
          params,
          body: { until: action.until, ...said(action.note) },
        }),
      );
    case 'assign':
      return unwrap(
        client.POST('/api/v1/alerts/{alert_id}/assign', { params, body: { assignee: action.assignee } }),
      );
    case 'resolve':
      return unwrap(
        client.POST('/api/v1/alerts/{alert_id}/resolve', {
          params,
          body: { reason: action.reason, ...said(action.note) },
        }),
      );
    case 'reopen':
      return unwrap(client.POST('/api/v1/alerts/{alert_id}/reopen', { params, body: {} }));
    case 'comment':
      return unwrap(client.POST('/api/v1/alerts/{alert_id}/comment', { params, body: said(action.note) }));
  }
}

function said(note: string | undefined): { note?: string } {
  return note ? { note } : {};
}
