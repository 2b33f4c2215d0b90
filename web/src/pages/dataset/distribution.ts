/** The distribution of a column as a chart: bins of numbers and times, shares of the most frequent other values. */
import type { ColumnInFull } from '../../api/profiles';
import type { Data } from '../../components/chartdata';
import { count, many, number, share } from '../../lib/format';
import { bound, differ } from './shape';

export interface Distribution {
  data: Data;
  summary: string;
  head: string;
  write: (label: string) => string;
}

const plainly = (label: string) => label;

/** Nothing where none is known: of texts that are almost all different, of lists. */
export function distribution(one: ColumnInFull): Distribution | undefined {
  const known = one.rows - one.nulls;
  if (one.histogram) {
    const { edges, shares } = one.histogram;
    const time = one.kind === 'time';
    const write = (label: string) => {
      const [from, to] = label.split(' .. ').map(Number);
      if (!time) return `${number(from)} to ${number(to)}`;
      return bound(new Date((from ?? 0) * 1000).toISOString());
    };
    return {
      data: { kind: 'bar', bars: 'histogram', labels: shares.map((_, at) => `${edges[at] ?? ''} .. ${edges[at + 1] ?? ''}`), series: [{ name: 'share of rows', values: shares }], shares: true },
      summary: `${many(known, 'value')} from ${bound(one.low)} to ${bound(one.high)}, in ${shares.length} bins.`,
      head: 'bin',
      write,
    };
  }
  if (one.trues != null && known > 0) {
    const yes = one.trues / known;
    return { data: { kind: 'bar', labels: ['true', 'false'], series: [{ name: 'share', values: [yes, 1 - yes] }], shares: true }, summary: `${share(yes)} of ${many(known, 'value')} are true.`, head: 'value', write: plainly };
  }
  const [first] = one.top;
  if (!first || differ(one)) return undefined;
  return {
    data: { kind: 'bar', labels: one.top.map(({ value }) => value), series: [{ name: 'share', values: one.top.map((each) => each.share) }], shares: true },
    summary: `The ${count(one.top.length)} most frequent of about ${count(Math.round(one.distinct ?? one.top.length))} values; the first has ${share(first.share)}.`,
    head: 'value',
    write: plainly,
  };
}
