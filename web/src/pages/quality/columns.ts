/** The columns of a file with what was found in each, those that cost most first. */
import type { Checked, Measure, Moved, Report } from '../../api/quality';

export interface Row {
  measure: Measure;
  /** Points of the whole score that the column costs. */
  lost: number;
  checks: Checked[];
  moved: Moved[];
}

/** Kinds of drift that are the schema's. */
export const SCHEMA = new Set(['added', 'removed', 'renamed', 'type']);

export function rows(report: Report, lost: ReadonlyMap<string, number>): Row[] {
  const checks = grouped(report.checks, ({ column }) => column ?? undefined);
  const moved = grouped(report.drifts, ({ column }) => column);
  return report.measures
    .map((measure) => {
      const own = checks.get(measure.name) ?? [];
      return {
        measure,
        lost: own.reduce((sum, { name }) => sum + (lost.get(name) ?? 0), 0),
        checks: own,
        moved: moved.get(measure.name) ?? [],
      };
    })
    .sort((one, other) => other.lost - one.lost || other.moved.length - one.moved.length);
}

/** Whether anything was found in a column. */
export function noted({ checks, moved }: Row): boolean {
  return moved.length > 0 || checks.some(({ status }) => status !== 'pass' && status !== 'skip');
}

/** The check of a kind, for how it ended. */
export function of(row: Row, kind: string): Checked | undefined {
  return row.checks.find((each) => each.kind === kind);
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string | undefined): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const name = key(item);
    if (name === undefined) continue;
    const group = found.get(name);
    if (group) group.push(item);
    else found.set(name, [item]);
  }
  return found;
}
