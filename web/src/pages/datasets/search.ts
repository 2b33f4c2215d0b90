/** What the address of the datasets says: the filters, and the order. */
import type { Health, Sort } from '../../api/datasets';

const LEVELS: readonly Health[] = ['critical', 'warning', 'unknown', 'healthy'];
const SORTS: readonly Sort[] = ['name', 'health', 'score', 'rows', 'quarantined', 'age', 'run'];
const LAYERS = ['silver', 'gold'] as const;

/** The order that is usual, and left out: those in trouble first. */
export const USUAL: Sort = 'health';

export interface Search {
  q?: string;
  health?: Health;
  layer?: (typeof LAYERS)[number];
  owner?: string;
  domain?: string;
  tag?: string;
  sort?: Sort;
  reverse?: true;
}

/** A change of some of it; undefined takes a part away. */
export type Change = { [Key in keyof Search]?: Search[Key] | undefined };

export function search(given: Record<string, unknown>): Search {
  const found: Search = {};
  const health = LEVELS.find((each) => each === given['health']);
  const layer = LAYERS.find((each) => each === given['layer']);
  const sort = SORTS.find((each) => each === given['sort']);
  if (health) found.health = health;
  if (layer) found.layer = layer;
  if (sort && sort !== USUAL) found.sort = sort;
  if (given['reverse'] === true || given['reverse'] === 'true') found.reverse = true;
  for (const key of ['q', 'owner', 'domain', 'tag'] as const) {
    const value = typeof given[key] === 'number' ? String(given[key]) : given[key];
    if (typeof value === 'string' && value !== '') found[key] = value.slice(0, 200);
  }
  return found;
}

/** How many filters there are. */
export function filters({ q, health, layer, owner, domain, tag }: Search): number {
  return [q, health, layer, owner, domain, tag].filter((each) => each !== undefined).length;
}
