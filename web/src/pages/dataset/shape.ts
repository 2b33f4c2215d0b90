/** What of a column's profile a line has room for: its bounds in words, and the shape of its values. */
import type { Column } from '../../api/profiles';
import { count, number, share } from '../../lib/format';

export interface Shape {
  shares: number[];
  label: string;
}

/** A bound as it is read: numbers short, times without the zone, which is UTC everywhere. */
export function bound(value: number | string | null | undefined): string {
  if (value == null) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : number(value);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 16).replace('T', ' ') : value;
}

/** From the lowest to the highest value; of what is classified nothing. */
export function bounds({ low, high, hidden }: Pick<Column, 'low' | 'high' | 'hidden'>): string {
  if (hidden) return 'masked';
  if (low == null && high == null) return '–';
  return low === high ? bound(low) : `${bound(low)} to ${bound(high)}`;
}

/** How the values lie: bins of numbers and times, the most frequent of others; nothing where none are known. */
export function shape(column: Column): Shape | undefined {
  if (column.hidden) return undefined;
  if (column.histogram) {
    return { shares: column.histogram.shares, label: `Distribution from ${bound(column.low)} to ${bound(column.high)}, ${column.histogram.shares.length} bins` };
  }
  const known = column.rows - column.nulls;
  if (column.trues != null && known > 0) {
    const yes = column.trues / known;
    return { shares: [yes, 1 - yes], label: `${share(yes)} are true` };
  }
  const [first] = column.top;
  if (!first || differ(column)) return undefined;
  return { shares: column.top.map((each) => each.share), label: `The most frequent value has ${share(first.share)}, ${column.top.length} values shown` };
}

/** Whether nearly all values are different ones: of such the most frequent say nothing. */
export function differ({ rows, nulls, distinct, kind }: Column): boolean {
  return kind === 'text' && distinct != null && rows - nulls > 20 && distinct > 0.9 * (rows - nulls);
}

/** The share of nulls in each part of time; a part without rows is a gap. */
export function missing(rows: readonly (number | null)[], nulls: readonly (number | null)[]): (number | null)[] {
  return rows.map((each, at) => (each ? (nulls[at] ?? 0) / each : null));
}
