/** What the addresses of a dataset's tabs say; what is usual is left out, so that they stay short. */
import { KINDS, type Kind } from '../../api/profiles';

export const VIEWS = ['clauses', 'changes', 'yaml'] as const;
export type View = (typeof VIEWS)[number];

export interface ContractSearch {
  view?: Exclude<View, 'clauses'>;
  q?: string;
  failing?: true;
  column?: string;
}

export interface ColumnsSearch {
  q?: string;
  kind?: Kind;
  column?: string;
}

export interface LineageSearch {
  /** The places that were expanded. */
  open?: string[];
}

const LONGEST = 1000;
const MOST = 200;

export function contract(given: Record<string, unknown>): ContractSearch {
  const view = given['view'] === 'changes' || given['view'] === 'yaml' ? given['view'] : undefined;
  return { ...(view ? { view } : {}), ...text(given, 'q'), ...(given['failing'] === true ? { failing: true } : {}), ...text(given, 'column') };
}

export function columns(given: Record<string, unknown>): ColumnsSearch {
  const kind = KINDS.find((each) => each === given['kind']);
  return { ...text(given, 'q'), ...(kind ? { kind } : {}), ...text(given, 'column') };
}

export function lineage(given: Record<string, unknown>): LineageSearch {
  const found = Array.isArray(given['open']) ? given['open'].filter((each): each is string => typeof each === 'string').slice(0, MOST) : [];
  return found.length > 0 ? { open: found } : {};
}

/** A text of an address. A number that stands there was a text, too. */
function text<Key extends string>(given: Record<string, unknown>, key: Key): Partial<Record<Key, string>> {
  const value = given[key];
  const found = typeof value === 'number' ? String(value) : value;
  return typeof found === 'string' && found !== '' && found.length <= LONGEST ? ({ [key]: found } as Record<Key, string>) : {};
}
