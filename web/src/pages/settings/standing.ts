/** How a key stands. */
import type { Key } from '../../api/access';

export function holds({ revoked_at, expires_at }: Pick<Key, 'revoked_at' | 'expires_at'>, now: number): boolean {
  return revoked_at === null && (expires_at === null || Date.parse(expires_at) > now);
}
