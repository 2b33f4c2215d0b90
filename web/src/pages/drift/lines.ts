/** The lines of the matrix: a heading for each dataset, its columns below it, and what each leads to. */
import type { MatrixRow, Windows } from '../../api/drift';
import type { Cell, Line } from '../../components/heatcells';
import { since } from '../../components/heatcells';
import { many, number } from '../../lib/format';

/** A line of the matrix, and what it is of. column: null is the dataset itself; without it, the line is a heading. */
export interface Placed extends Line {
  row: MatrixRow;
  column?: string | null;
  more?: boolean;
}

export const ITSELF = 'the dataset itself';

export function linesOf(rows: readonly MatrixRow[], windows: readonly string[], threshold: number, headed = true): Placed[] {
  return rows.flatMap((row) => [...(headed ? [heading(row)] : []), ...columns(row, windows, threshold), ...rest(row)]);
}

function heading(row: MatrixRow): Placed {
  const newest = row.windows.findLast((each) => each !== null);
  const rows = newest ? `, ${many(newest.rows, 'row')} in the newest window` : '';
  return { key: key(row.dataset), name: row.dataset, cells: [], heading: true, note: `worst ${number(row.worst)}${rows}`, row };
}

function columns(row: MatrixRow, windows: readonly string[], threshold: number): Placed[] {
  return row.columns.map((column) => {
    const cells = column.scores.map((score, at) => cell(row, score, at, column.few));
    const from = since(cells, threshold);
    return {
      key: key(row.dataset, column.name),
      name: column.name ?? ITSELF,
      cells,
      row,
      column: column.name,
      ...(from === undefined ? {} : { note: from === 0 ? `before ${windows[0] ?? ''}` : (windows[from] ?? '') }),
    };
  });
}

function cell(row: MatrixRow, score: number | null, at: number, few: readonly number[]): Cell | undefined {
  const n = row.windows[at]?.rows;
  if (n === undefined || (score === null && !few.includes(at))) return undefined;
  return { score, n, enough: score !== null };
}

function rest(row: MatrixRow): Placed[] {
  if (row.more_columns === 0) return [];
  return [{ key: key(row.dataset, null, 'more'), name: `${many(row.more_columns, 'more column')} of ${row.dataset}`, cells: [], heading: true, row, more: true }];
}

function key(...parts: unknown[]): string {
  return JSON.stringify(parts);
}

/** The windows that a cell stands for, as an address says them; the newest is what is compared unless one says. */
export function windowsOf(row: MatrixRow, at: number | undefined): Windows {
  const newest = row.windows.findLastIndex((each) => each !== null);
  const found = at === undefined || at === newest ? null : row.windows[at];
  return found ? { current: `${short(found.start)}..${short(found.end)}` } : {};
}

/** A moment as windows are written: in UTC, to the minute. */
function short(at: string): string {
  return new Date(at).toISOString().slice(0, 16);
}
