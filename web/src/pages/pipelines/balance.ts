/** Whether what came in is what became of it, and how that is said. */
import type { Balance, Run } from '../../api/runs';
import { many } from '../../lib/format';

export interface Part {
  name: string;
  value: number;
}

export interface Equation {
  whole: Part;
  parts: Part[];
  /** The whole without its parts: 0 where they balance. */
  rest: number;
  /** What the rest is, where it is known and harmless. */
  why?: string;
}

function equation(whole: Part, parts: Part[], why?: string): Equation {
  const rest = whole.value - parts.reduce((sum, { value }) => sum + value, 0);
  // What is none and always may be is left out: fewer numbers to read.
  const told = parts.filter(({ name, value }) => value !== 0 || name === 'silver' || name === 'quarantine' || name === 'in silver');
  return { whole, parts: told, rest, ...(why && rest !== 0 ? { why } : {}) };
}

/** What the tables of a dataset hold. */
export function ofTables({ bronze, silver, quarantine, duplicates, dropped, lag }: Balance): Equation {
  return equation(
    { name: 'in', value: bronze },
    [
      { name: 'silver', value: silver },
      { name: 'quarantine', value: quarantine },
      { name: 'duplicates', value: duplicates },
      { name: 'dropped', value: dropped },
    ],
    lag > 0 ? `waiting in ${many(lag, 'batch', 'batches')}` : undefined,
  );
}

/** What a run, or a replay, made of its records; undefined where it has written down no counts. */
export function ofRun({ counts, verb }: Pick<Run, 'counts' | 'verb'>): Equation | undefined {
  const of = (name: string) => (typeof counts[name] === 'number' ? counts[name] : 0);
  if (verb !== 'run') {
    if (counts['tried'] === undefined) return undefined;
    return equation({ name: 'tried', value: of('tried') }, [
      { name: 'in silver', value: of('recovered') },
      { name: 'still refused', value: of('still_bad') },
      { name: 'duplicates', value: of('duplicates') },
      { name: 'dropped', value: of('dropped') },
    ]);
  }
  if (counts['rows'] === undefined) return undefined;
  return equation({ name: 'in', value: of('rows') }, [
    { name: 'silver', value: of('silver') },
    { name: 'quarantine', value: of('quarantined') },
    { name: 'duplicates', value: of('duplicates') },
    { name: 'dropped', value: of('dropped') },
  ]);
}
