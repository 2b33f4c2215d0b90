/** What a replay is asked for, made of what somebody chose and typed. */
import type { Refused, Wanted } from '../../api/quarantine';

export interface Draft {
  /** A fingerprint; the project's contract as it is now, where none is chosen. */
  contract?: string;
  patch: readonly Setting[];
}

export interface Setting {
  path: string;
  value: string;
}

export const EMPTY: Draft = { patch: [] };

/** Hashes that one replay may name. */
export const MOST = 1000;

/** What a text stands for: JSON where it is some, and the text itself where it is none. */
export function meant(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The same in words: "the number 5", "the text abc". */
export function said(text: string): string {
  const value = meant(text);
  if (value === null) return 'null: no value';
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  if (typeof value === 'number') return `the number ${text.trim()}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** Settings that say something; a line that was not begun is none. */
export function begun(patch: readonly Setting[]): Setting[] {
  return patch.filter(({ path, value }) => path.trim() !== '' || value !== '');
}

export function fault({ path, value }: Setting): string | undefined {
  if (path.trim() === '') return 'Name the field';
  if (value === '') return 'Give a value; null for none';
  return undefined;
}

/** Which records are meant: those selected, or else all of a check, or else all. */
export function wanted(selected: readonly Refused[], check: string | undefined, draft: Draft): Wanted {
  const records = selected.length > 0 ? { hashes: [...new Set(selected.map(({ hash }) => hash))] } : check ? { checks: [check] } : {};
  return {
    checks: [],
    hashes: [],
    ...records,
    ...(draft.contract ? { contract: draft.contract } : {}),
    patch: begun(draft.patch).map(({ path, value }) => ({ path: path.trim(), value: meant(value) })),
    dry_run: false,
  };
}

/** Whether two are the same but for their being a trial: what was tried may then be done. */
export function alike(one: Wanted | undefined, other: Wanted): boolean {
  return one !== undefined && JSON.stringify({ ...one, dry_run: false }) === JSON.stringify({ ...other, dry_run: false });
}

/** The places that records fail at, the most frequent first: what a patch most likely names. */
export function places(records: readonly Refused[], check: string | undefined): string[] {
  const counted = new Map<string, number>();
  for (const { errors } of records) {
    for (const error of errors) {
      if (check !== undefined && error.check !== check) continue;
      for (const path of error.path.split(', ')) if (path !== '') counted.set(path, (counted.get(path) ?? 0) + 1);
    }
  }
  return [...counted].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0])).map(([path]) => path).slice(0, 20);
}
