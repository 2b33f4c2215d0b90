/** The two distributions of a column as the data of charts. */
import type { Shares, Side } from '../../api/drift';
import type { Data } from '../../components/chartdata';
import { moment, number, share, type Zone } from '../../lib/format';

const REST = 'all others';
const ROW = 34; // pixels of a pair of bars

export interface Shape {
  title: string;
  data: Data;
  head: string;
  height: number;
  summary: string;
}

/** Bins become a histogram of both windows, values pairs of bars; hours of the day keep their order, upright. */
export function shapeOf(shares: Shares, zone: Zone): Shape {
  if (shares.type === 'bins') return histogram(shares, zone);
  const rhythm = shares.values.length === 24 && shares.values[0] === '00:00';
  const { rest } = shares;
  const labels = rest ? [...shares.values, REST] : shares.values;
  const data: Data = {
    kind: 'bar',
    bars: rhythm ? 'over' : 'paired',
    labels,
    shares: true,
    series: [
      { name: 'baseline', values: rest ? [...shares.baseline, rest[0] ?? 0] : shares.baseline },
      { name: 'current', values: rest ? [...shares.current, rest[1] ?? 0] : shares.current },
    ],
  };
  return {
    title: shares.title,
    data: rhythm ? { ...data, bars: 'histogram' } : data,
    head: rhythm ? 'hour' : 'value',
    height: rhythm ? 220 : Math.max(120, labels.length * ROW + 40),
    summary: `Share of the rows by ${rhythm ? 'hour of the day, UTC' : 'value'}, in both windows. ${furthest(data)}`,
  };
}

function histogram(shares: Shares, zone: Zone): Shape {
  const write = shares.scale === 'time' ? (value: number) => moment(new Date(value * 1000).toISOString(), zone) : number;
  const labels = shares.edges.slice(1).map((end, at) => bin(shares.edges[at] ?? 0, end, write));
  const data: Data = {
    kind: 'bar',
    bars: 'histogram',
    labels,
    shares: true,
    series: [
      { name: 'baseline', values: shares.baseline },
      { name: 'current', values: shares.current },
    ],
  };
  const scale = shares.scale === 'log' ? ' Bins widen with the values.' : '';
  return { title: shares.title, data, head: 'from – to', height: 260, summary: `Share of the values in each bin, the same bins for both windows.${scale} ${furthest(data)}` };
}

/** A bin in words; one that holds a single whole number is that number. */
function bin(from: number, to: number, write: (value: number) => string): string {
  const single = Math.abs(to - from - 1) < 1e-9 && Math.abs(from % 1) === 0.5;
  return single ? write(from + 0.5) : `${write(from)} – ${write(to)}`;
}

/** Where the two lie furthest apart. */
function furthest({ labels, series: [baseline, current] }: Data): string {
  const apart = labels.map((_, at) => Math.abs((current?.values[at] ?? 0) - (baseline?.values[at] ?? 0)));
  const at = apart.indexOf(Math.max(...apart));
  if (at < 0 || (apart[at] ?? 0) < 0.005) return 'They hardly differ.';
  return `Furthest apart at ${labels[at] ?? ''}: ${share(baseline?.values[at])} before, ${share(current?.values[at])} now.`;
}

/** A window in words: from when to when, of how many rows. */
export function told({ window, rows, hours, left_out }: Side): string {
  const when = window.start && window.end ? `${stamp(window.start)} to ${stamp(window.end)} UTC` : 'at any time';
  const out = left_out > 0 ? `, ${left_out} left out by feedback` : '';
  return `${when}, n ${rows.toLocaleString('en')}, ${hours} hours${out}`;
}

function stamp(at: string): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}
