/** What the addresses of data quality say: which list, filtered how; of a check, which of its parts. */
import type { CheckStatus } from '../../api/quality';

export const STATUSES: Record<CheckStatus, string> = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
};

export interface Search {
  tab?: 'checks';
  q?: string;
  status?: CheckStatus;
  sort?: 'name';
}

/** A change of some of it; undefined takes a part away. */
export type Change = { [Key in keyof Search]?: Search[Key] | undefined };

/** Only what is understood is kept, and what is usual is left out. */
export function search(given: Record<string, unknown>): Search {
  const q = text(given['q']);
  const status = (Object.keys(STATUSES) as CheckStatus[]).find((each) => each === given['status']);
  return {
    ...(given['tab'] === 'checks' ? { tab: 'checks' } : {}),
    ...(q ? { q } : {}),
    ...(status ? { status } : {}),
    ...(given['sort'] === 'name' ? { sort: 'name' } : {}),
  };
}

export interface Found {
  tab?: 'rules';
  /** The column that is open. */
  column?: string;
  q?: string;
  all?: true;
}

export type FoundChange = { [Key in keyof Found]?: Found[Key] | undefined };

export function found(given: Record<string, unknown>): Found {
  const [column, q] = [text(given['column']), text(given['q'])];
  return {
    ...(given['tab'] === 'rules' ? { tab: 'rules' } : {}),
    ...(column ? { column } : {}),
    ...(q ? { q } : {}),
    ...(given['all'] === true || given['all'] === 'true' ? { all: true } : {}),
  };
}

/** A text of an address; a column may be called 7, or true. */
function text(value: unknown): string | undefined {
  const found = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof found === 'string' && found !== '' && found.length <= 1000 ? found : undefined;
}
