/** Who is logged in. */
import { queryOptions } from '@tanstack/react-query';
import { client, csrf, unwrap } from './client';
import type { components } from './schema';

export type Me = components['schemas']['Me'];

const RANK: Record<string, number> = { viewer: 0, analyst: 1, steward: 2, admin: 3 };

function known(me: Me): Me {
  csrf.token = me.csrf ?? undefined;
  return me;
}

export const me = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => known(await unwrap(client.GET('/api/v1/session', { signal }))),
  staleTime: Infinity,
  refetchInterval: false,
});

export async function logIn(name: string, password: string): Promise<Me> {
  return known(await unwrap(client.POST('/api/v1/session', { body: { name, password } })));
}

export async function logInByToken(token: string): Promise<Me> {
  return known(await unwrap(client.POST('/api/v1/session/token', { body: { token } })));
}

export async function logOut(): Promise<void> {
  await unwrap(client.DELETE('/api/v1/session'));
  csrf.token = undefined;
}

/** Whether somebody has at least this role. */
export function may(who: Me | undefined, role: string): boolean {
  return who !== undefined && (RANK[who.role] ?? -1) >= (RANK[role] ?? 99);
}

/** Change one's own password; the session goes on as a new one, all others are over. */
export async function changePassword(old: string, next: string): Promise<Me> {
  return known(await unwrap(client.PUT('/api/v1/session/password', { body: { old, new: next } })));
}
