/** What the address of the datasets says. */
import type { Health } from '../../api/datasets';

const LEVELS: readonly Health[] = ['critical', 'warning', 'unknown', 'healthy'];

export interface Search {
  q?: string;
  health?: Health;
}

export function search(given: Record<string, unknown>): Search {
  const health = LEVELS.find((each) => each === given['health']);
  const q = typeof given['q'] === 'string' || typeof given['q'] === 'number' ? String(given['q']).slice(0, 200) : '';
  return { ...(q ? { q } : {}), ...(health ? { health } : {}) };
}
