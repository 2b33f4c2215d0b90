/** A dataset over time as charts under one another: one axis, gaps where nothing came or was measured. */
import type { Timeline } from '../../api/dataset';
import type { Data } from '../../components/chartdata';
import { count, many, share, span } from '../../lib/format';

export interface Drawn {
  title: string;
  summary: string;
  data: Data;
}

const GUTTER = 56;
const UNITS: [string, number][] = [
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
];

/** What there is to draw. Of gold no records come: it is made of others, and the rows of its table are shown. */
export function drawn(found: Timeline, gold: boolean): Drawn[] {
  return [...(gold ? [] : [accepted(found), came(found)]), ...(gold ? [held(found)] : []), ...age(found), noticed(found)];
}

function accepted({ times, score, rows, quarantined }: Timeline): Drawn {
  const whole = sum(rows);
  return {
    title: 'Accepted',
    summary: whole > 0 ? `${share(1 - sum(quarantined) / whole)} of ${many(whole, 'record')} were accepted; lowest ${share(least(score))}.` : 'No records came.',
    data: { kind: 'line', labels: times, series: [{ name: 'accepted', values: score }], shares: true, ends: [Math.floor((least(score) ?? 0) * 20) / 20, 1], gutter: GUTTER },
  };
}

function came({ times, rows, quarantined }: Timeline): Drawn {
  return {
    title: 'Records',
    summary: `${count(sum(rows))} came, ${count(sum(quarantined))} were quarantined.`,
    data: {
      kind: 'bar',
      labels: times,
      series: [
        { name: 'came', values: rows },
        { name: 'quarantined', values: quarantined },
      ],
      gutter: GUTTER,
    },
  };
}

function held({ times, table_rows: rows }: Timeline): Drawn {
  const last = rows.findLast((each) => each !== null);
  return {
    title: 'Rows of the table',
    summary: last == null ? 'The table was not made yet.' : `${many(last, 'row')} now.`,
    data: { kind: 'bar', labels: times, series: [{ name: 'rows', values: rows }], gutter: GUTTER },
  };
}

function age({ times, age_seconds: ages, allowed_seconds: targets, simulated }: Timeline): Drawn[] {
  const worst = most(ages);
  if (simulated || worst === undefined) return [];
  const target = targets.findLast((each) => each !== null);
  const [unit, size] = UNITS.find(([, each]) => Math.max(worst, target ?? 0) >= each) ?? ['seconds', 1];
  return [
    {
      title: 'Age of the newest event',
      summary: `At most ${span(worst)} old${target == null ? '; no target is promised' : `; ${span(target)} are allowed`}.`,
      data: {
        kind: 'line',
        labels: times,
        series: [{ name: 'age', values: ages.map((each) => (each === null ? null : each / size)) }],
        ...(target == null ? {} : { thresholds: [{ name: `allowed, ${span(target)}`, value: target / size }] }),
        unit,
        gutter: GUTTER,
      },
    },
  ];
}

function noticed({ times, findings, alerts, drifts }: Timeline): Drawn {
  const [found, opened, moved] = [sum(findings), sum(alerts), sum(drifts)];
  return {
    title: 'Found',
    summary: `${many(found, 'finding')}, ${many(moved, 'drift')}, ${many(opened, 'alert')} opened.`,
    data: {
      kind: 'bar',
      labels: times,
      series: [
        { name: 'findings and drifts', values: findings.map((each, at) => each + (drifts[at] ?? 0)) },
        { name: 'alerts', values: alerts },
      ],
      gutter: GUTTER,
    },
  };
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((all, each) => all + (each ?? 0), 0);
}

function least(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((each) => each !== null);
  return known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : undefined;
}

function most(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((each) => each !== null);
  return known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : undefined;
}
