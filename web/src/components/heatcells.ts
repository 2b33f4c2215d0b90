/** The cells of a heat map: how each is painted, read out, and since when a line stands where it stands. Pure. */
import { number } from '../lib/format';

export interface Cell {
  score: number | null;
  n: number;
  enough: boolean;
}

/** A line of the map; one with `heading` heads those below it, and has no cells. */
export interface Line {
  key: string;
  name: string;
  cells: readonly (Cell | undefined)[];
  heading?: boolean;
  /** A word at the end of the line. */
  note?: string;
}

export type Step = 'none' | 'few' | 0 | 1 | 2 | 3;

/** A cell as it is read out: "orders.amount, 12 Nov, PSI 0.31, above 0.2, n 4,210". */
export function spoken(line: Line, window: string, cell: Cell | undefined, metric: string, threshold: number): string {
  const head = `${line.name}, ${window}`;
  if (!cell) return `${head}, no data`;
  const size = `n ${number(cell.n)}`;
  if (!cell.enough || cell.score === null) return `${head}, too little data, ${size}`;
  const side = cell.score >= threshold ? `above ${number(threshold)}` : `within ${number(threshold)}`;
  return `${head}, ${metric} ${number(cell.score)}, ${side}, ${size}`;
}

/** How a cell is painted: none, few, or a step 0 (within the threshold) to 3. */
export function step(cell: Cell | undefined, threshold: number): Step {
  if (!cell) return 'none';
  if (!cell.enough || cell.score === null) return 'few';
  if (cell.score < threshold) return 0;
  const part = (cell.score - threshold) / Math.max(1 - threshold, 1e-9);
  return part < 1 / 3 ? 1 : part < 2 / 3 ? 2 : 3;
}

/** The window since which every known one is beyond the threshold, up to the newest; undefined where that is not so.
 * What was not looked at, or had too little data, ends no such time. */
export function since(cells: readonly (Cell | undefined)[], threshold: number): number | undefined {
  let found: number | undefined;
  for (let at = cells.length - 1; at >= 0; at -= 1) {
    const painted = step(cells[at], threshold);
    if (painted === 0) return found;
    if (typeof painted === 'number') found = at;
  }
  return found;
}

const HATCH = 'repeating-linear-gradient(45deg, var(--sq-palette-tone-unknown) 0 1px, transparent 1px 5px)';
const warm = (part: number) => `color-mix(in srgb, var(--sq-palette-tone-warn) ${part}%, var(--sq-palette-background-paper))`;

export const PAINT: Record<Step, string> = {
  none: 'transparent',
  few: HATCH,
  0: 'var(--sq-palette-divider)',
  1: warm(45),
  2: warm(100),
  3: 'var(--sq-palette-tone-critical)',
};
