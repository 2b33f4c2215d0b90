/** What a chart is made of, and the same in words, as a table, and as a file: pure, so that it needs no canvas. */
import { number, share } from '../lib/format';
import type { Tone } from '../lib/color';

export interface Series {
  name: string;
  values: readonly (number | null)[];
  dashed?: boolean;
}

export interface Threshold {
  name: string;
  value: number;
}

/** What was expected, from low to high, at each place; null where nothing was. */
export interface Band {
  name: string;
  low: readonly (number | null)[];
  high: readonly (number | null)[];
}

/** A place of the first series that stands out: told by a shape, a word and a colour. */
export interface Mark {
  at: number;
  name: string;
  tone: Tone;
}

export interface Data {
  kind: 'line' | 'bar';
  /** What stands on the horizontal axis: moments (ISO 8601) for a line over time, names for bars. */
  labels: readonly string[];
  series: readonly Series[];
  /** How bars share a place: `over`, the later before the earlier (usual); `paired`, lying, one under the other;
   * `histogram`, without gaps, each seen through the other. */
  bars?: 'over' | 'paired' | 'histogram';
  thresholds?: readonly Threshold[];
  band?: Band;
  marks?: readonly Mark[];
  unit?: string;
  /** How wide the labels of values are: the same for charts that stand under one another, so that their times do too. */
  gutter?: number;
  /** Where the axis of values begins and ends, where that is not the chart's to choose. */
  ends?: readonly [number, number];
  /** Numbers are parts of one, and written in per cent. */
  shares?: boolean;
}

/** A value of a chart as it is written everywhere. */
export function figure(data: Data, value: number | null | undefined): string {
  return data.shares ? share(value) : number(value);
}

interface Column {
  name: string;
  values: readonly (number | null)[];
}

/** All columns of numbers: the series, and what was expected. */
export function columns({ series, band }: Data): Column[] {
  const ends = band
    ? [
        { name: `${band.name}, low`, values: band.low },
        { name: `${band.name}, high`, values: band.high },
      ]
    : [];
  return [...series, ...ends];
}

/** What marks say of a place; nothing of one that does not stand out. */
export function marked({ marks = [] }: Data, at: number): string {
  return marks
    .filter((mark) => mark.at === at)
    .map(({ name }) => name)
    .join(', ');
}

/** A place of a chart in words, a part for each thing that is known of it. */
export function facts(data: Data, at: number): string[] {
  const unit = data.unit ? ` ${data.unit}` : '';
  const values = data.series.map(({ name, values }) => `${name} ${figure(data, values[at])}${values[at] == null ? '' : unit}`);
  const [low, high] = [data.band?.low[at], data.band?.high[at]];
  const expected = data.band && low != null && high != null ? [`${data.band.name} ${figure(data, low)} to ${figure(data, high)}${unit}`] : [];
  const mark = marked(data, at);
  return [...values, ...expected, ...(mark ? [mark] : [])];
}

/** One place of a chart as a sentence. */
export function said(data: Data, at: number, write: (label: string) => string): string {
  return [write(data.labels[at] ?? ''), ...facts(data, at)].join(', ');
}

/** A table of comma-separated values. A text that a spreadsheet would run as a formula is kept from it by a quote. */
export function csv(data: Data, head: string): string {
  const cell = (value: string | number | null) => {
    if (value === null) return '';
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const parts = columns(data);
  const flags = data.marks ? [(place: number) => marked(data, place)] : [];
  const rows = data.labels.map((label, place) => [label, ...parts.map((each) => each.values[place] ?? null), ...flags.map((flag) => flag(place))]);
  const names = [head, ...parts.map(({ name }) => name), ...(data.marks ? ['marked'] : [])];
  return [names, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
