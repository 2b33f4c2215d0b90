/** The lines of a tree of JSON, with what is said of its places; pure, so that it can be tested without a page. */
import { Exact } from '../lib/exact';

export type Kind = 'object' | 'list' | 'text' | 'number' | 'truth' | 'null' | 'masked' | 'missing';

/** Something that is said of a place: `payload.size`, `labels[2].name`; of the whole where the path is empty. */
export interface Note {
  path: string;
  text: string;
}

export interface Line {
  path: string;
  name: string;
  depth: number;
  kind: Kind;
  /** The value as it is written; of an object or a list how much is in it. */
  text: string;
  /** Whether it can be folded. */
  folds: boolean;
  notes: readonly Note[];
}

const MASK = '***';
/** Lines up to which all is unfolded from the beginning. */
export const FEW = 200;

export function child(path: string, name: string | number): string {
  return typeof name === 'number' ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
}

/** The lines of a value, without those within what is folded. What is said of a place that is not there makes a line
 * of its own, where it would be. */
export function lines(value: unknown, notes: readonly Note[], folded: ReadonlySet<string>): Line[] {
  const by = new Map<string, Note[]>();
  for (const note of notes) for (const path of note.path.split(', ')) by.set(path, [...(by.get(path) ?? []), note]);
  const found: Line[] = [];
  const walk = (each: unknown, path: string, name: string, depth: number) => {
    const inner = members(each);
    found.push({ path, name, depth, ...told(each, inner?.length), folds: (inner?.length ?? 0) > 0, notes: by.get(path) ?? [] });
    if (!inner || folded.has(path)) return;
    for (const [key, item] of inner) walk(item, child(path, key), String(key), depth + 1);
    if (Array.isArray(each)) return;
    const present = new Set(inner.map(([key]) => child(path, key)));
    for (const place of by.keys()) {
      if (parent(place) === path && place !== '' && !present.has(place)) {
        found.push({ path: place, name: place.slice(path === '' ? 0 : path.length + 1), depth: depth + 1, kind: 'missing', text: 'missing', folds: false, notes: by.get(place) ?? [] });
      }
    }
  };
  walk(value, '', '', 0);
  return found;
}

/** What is folded at first: nothing of a small value; of a large one all that nothing is said of. */
export function folding(value: unknown, notes: readonly Note[]): Set<string> {
  const all = lines(value, notes, new Set());
  if (all.length <= FEW) return new Set();
  const open = new Set(['']);
  for (const { path } of notes) for (let at: string | undefined = path; at !== undefined && at !== ''; at = parent(at)) open.add(at);
  return new Set(all.filter(({ folds, path }) => folds && !open.has(path)).map(({ path }) => path));
}

/** The place that a place lies in; undefined of the whole. */
export function parent(path: string): string | undefined {
  if (path === '') return undefined;
  const cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
  return cut < 0 ? '' : path.slice(0, cut);
}

function members(value: unknown): [string | number, unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item, at) => [at, item]);
  if (typeof value === 'object' && value !== null && !(value instanceof Exact)) return Object.entries(value);
  return undefined;
}

function told(value: unknown, size: number | undefined): { kind: Kind; text: string } {
  if (Array.isArray(value)) return { kind: 'list', text: size === 0 ? '[]' : `[${size ?? 0}]` };
  if (value instanceof Exact) return { kind: 'number', text: value.text };
  if (typeof value === 'object' && value !== null) return { kind: 'object', text: size === 0 ? '{}' : `{${size ?? 0}}` };
  if (value === MASK) return { kind: 'masked', text: MASK };
  if (typeof value === 'string') return { kind: 'text', text: JSON.stringify(value) };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  return { kind: value == null ? 'null' : 'truth', text: String(value) };
}
