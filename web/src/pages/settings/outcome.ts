/** What came of something that was asked for, by the status of the answer. */
import type { Tone } from '../../lib/color';

/** A tone where it needs a look, and a word. */
export function came(status: number): [Tone | undefined, string] {
  if (status === 0) return ['warn', 'not known'];
  if (status >= 500) return ['critical', `failed (${status})`];
  if (status >= 400) return ['info', `refused (${status})`];
  return [undefined, 'done'];
}
