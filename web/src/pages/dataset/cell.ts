/** A value of a row as it is shown: always text, whatever it holds. */

const NESTED = 300; // characters of a value within a cell; below the rows it stands whole

export function cell(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return value.length > NESTED ? `${value.slice(0, NESTED)}…` : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = JSON.stringify(value);
  return text.length > NESTED ? `${text.slice(0, NESTED)}…` : text;
}

/** A value whole, with what it nests on lines of its own. */
export function whole(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

export interface Place {
  row: number;
  column: number;
}

/** The cell that a key leads to from another; undefined for a key that leads nowhere. */
export function step(key: string, { row, column }: Place, rows: number, columns: number): Place | undefined {
  const to: Record<string, Place> = {
    ArrowDown: { row: row + 1, column },
    ArrowUp: { row: row - 1, column },
    ArrowRight: { row, column: column + 1 },
    ArrowLeft: { row, column: column - 1 },
    PageDown: { row: row + 10, column },
    PageUp: { row: row - 10, column },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
  };
  const found = to[key];
  return found && { row: Math.min(Math.max(found.row, 0), rows - 1), column: Math.min(Math.max(found.column, 0), columns - 1) };
}
