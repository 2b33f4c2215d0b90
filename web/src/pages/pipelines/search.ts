/** What the addresses of this page say: which runs are listed, and what of a quarantine is looked at. */
import type { Place } from '../../api/quarantine';
import type { Run } from '../../api/runs';

const STATUSES: readonly Run['status'][] = ['running', 'succeeded', 'failed', 'stopped'];

export interface RunsSearch {
  pipeline?: string;
  status?: Run['status'];
}

export function runsSearch(given: Record<string, unknown>): RunsSearch {
  const status = STATUSES.find((each) => each === given['status']);
  const pipeline = text(given['pipeline']);
  return { ...(pipeline ? { pipeline } : {}), ...(status ? { status } : {}) };
}

/** check: of one check alone. record: the one that is open, in quarantine or gone. view: `left`, what replays took out;
 * move: which step of them. replay: the form is open. job: the trial or the replay that is looked at. */
export interface QuarantineSearch {
  check?: string;
  record?: string;
  view?: 'left';
  move?: string;
  replay?: true;
  job?: string;
}

export type Change = { [Key in keyof QuarantineSearch]?: QuarantineSearch[Key] | undefined };

export function quarantineSearch(given: Record<string, unknown>): QuarantineSearch {
  const found: QuarantineSearch = {};
  for (const key of ['check', 'record', 'move', 'job'] as const) {
    const value = text(given[key]);
    if (value) found[key] = value;
  }
  if (given['view'] === 'left') found.view = 'left';
  if (given['replay'] === true) found.replay = true;
  return found;
}

function text(value: unknown): string | undefined {
  const found = typeof value === 'number' ? String(value) : value;
  return typeof found === 'string' && found !== '' && found.length <= 2000 ? found : undefined;
}

/** A record's place as one text: batch, row, and the partition, which may be any text. */
export function spell({ partition, batch, row }: Place): string {
  return `${batch}.${row}.${partition}`;
}

export function place(text: string | undefined): Place | undefined {
  const found = /^(\d{1,15})\.(\d{1,9})\.([\s\S]*)$/.exec(text ?? '');
  return found ? { batch: Number(found[1]), row: Number(found[2]), partition: found[3] ?? '' } : undefined;
}
