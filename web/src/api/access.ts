/** Users, keys and sessions: who may come in; and what they did. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import { OFTEN } from './live';
import type { components } from './schema';

export type User = components['schemas']['UserOut'];
export type NewUser = components['schemas']['NewUser'];
export type Key = components['schemas']['KeyOut'];
export type KeyWithSecret = components['schemas']['KeyWithSecret'];
export type Entry = components['schemas']['EntryOut'];
export type Role = User['role'];

export const ROLES = {
  viewer: 'sees everything, changes nothing',
  analyst: 'sees everything, uploads files and comments on alerts',
  steward: 'answers alerts, replays records and sets thresholds',
  admin: 'says who may come in, tries channels and reads the audit log',
} as const satisfies Record<Role, string>;

const ALL = 500;
const PAGE = 100;

export const users = queryOptions({
  queryKey: ['access', 'users'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/users', { signal, params: { query: { limit: ALL } } })),
  refetchInterval: OFTEN,
});

export async function addUser(given: NewUser): Promise<User> {
  return unwrap(client.POST('/api/v1/users', { body: given }));
}

export async function changeUser(id: string, change: components['schemas']['UserChange']): Promise<User> {
  return unwrap(client.PATCH('/api/v1/users/{user_id}', { params: { path: { user_id: id } }, body: change }));
}

export async function endSessions(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/v1/users/{user_id}/sessions', { params: { path: { user_id: id } } }));
}

export const ownSessions = queryOptions({
  queryKey: ['access', 'sessions'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/session/all', { signal })),
  select: (page) => page.items,
  refetchInterval: OFTEN,
});

export async function endOthers(): Promise<void> {
  await unwrap(client.DELETE('/api/v1/session/others'));
}

/** One's own keys, or those of everybody, which takes an admin. */
export const keys = (whose: 'own' | 'all') =>
  queryOptions({
    queryKey: ['access', 'keys', whose],
    queryFn: ({ signal }) =>
      whose === 'own'
        ? unwrap(client.GET('/api/v1/session/keys', { signal }))
        : unwrap(client.GET('/api/v1/keys', { signal, params: { query: { limit: ALL } } })),
    refetchInterval: OFTEN,
  });

export interface NewKey {
  name: string;
  role: Role;
  scopes: string[];
  days: number | null;
  user?: string | undefined;
}

export async function addKey(whose: 'own' | 'all', { user, ...given }: NewKey): Promise<KeyWithSecret> {
  return whose === 'own'
    ? unwrap(client.POST('/api/v1/session/keys', { body: given }))
    : unwrap(client.POST('/api/v1/keys', { body: { ...given, user: user ?? null } }));
}

export async function revokeKey(whose: 'own' | 'all', id: string): Promise<void> {
  const params = { path: { key_id: id } };
  await (whose === 'own' ? unwrap(client.DELETE('/api/v1/session/keys/{key_id}', { params })) : unwrap(client.DELETE('/api/v1/keys/{key_id}', { params })));
}

export const OUTCOMES = ['done', 'refused', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface WantedEntries {
  q?: string | undefined;
  outcome?: Outcome | undefined;
  since?: string | undefined;
}

export const entries = ({ q, outcome, since }: WantedEntries) =>
  infiniteQueryOptions({
    queryKey: ['access', 'audit', { q, outcome, since }],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET('/api/v1/audit', {
          signal,
          params: { query: { text: q ?? null, outcome: outcome ?? null, since: since ?? null, limit: PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: (before) => before,
    // Who has gone further down reads what is there.
    refetchInterval: ({ state: { data } }) => ((data?.pages.length ?? 0) > 1 ? false : OFTEN),
  });

export const chain = queryOptions({
  queryKey: ['access', 'chain'],
  queryFn: ({ signal }) => unwrap(client.GET('/api/v1/audit/chain', { signal })),
});
