import { describe, expect, it } from 'vitest';
import type { MatrixRow, Shares } from '../../api/drift';
import type { Point } from '../../api/monitors';
import { dataOf as scored } from './History';
import { ITSELF, linesOf, windowsOf } from './lines';
import { flags, query } from './same';
import { grainOf, search, windows } from './search';
import { dataOf, stretches } from './series';
import { shapeOf } from './shapes';
import { chance, change } from './Tables';

const looked = (day: number) => ({ start: `2026-11-${day}T00:00:00Z`, end: `2026-11-${day + 1}T00:00:00Z`, rows: 1000 });
const ROW: MatrixRow = {
  dataset: 'events',
  worst: 0.9,
  windows: [looked(11), null, looked(13)],
  columns: [
    { name: 'type', worst: 0.9, drifts: 1, scores: [0.1, null, 0.9], few: [] },
    { name: null, worst: 0.1, drifts: 0, scores: [null, null, 0.1], few: [0] },
  ],
  more_columns: 958,
};
const DAYS = ['11 Nov', '12 Nov', '13 Nov'];

describe('the lines of the matrix', () => {
  it('are headed by their dataset, worst first, and say how many more there are', () => {
    const lines = linesOf([ROW], DAYS, 0.25);
    expect(lines.map(({ name, heading = false }) => [name, heading])).toEqual([
      ['events', true],
      ['type', false],
      [ITSELF, false],
      ['958 more columns of events', true],
    ]);
    expect(lines[0]?.note).toBe('worst 0.9, 1,000 rows in the newest window');
    expect(new Set(lines.map(({ key }) => key)).size).toBe(4);
  });

  it('tell what was not looked at from what had too little data, and since when it drifted', () => {
    const [type, itself] = linesOf([ROW], DAYS, 0.25, false);
    expect(type?.cells).toEqual([{ score: 0.1, n: 1000, enough: true }, undefined, { score: 0.9, n: 1000, enough: true }]);
    expect(type?.note).toBe('13 Nov');
    expect(itself?.cells[0]).toEqual({ score: null, n: 1000, enough: false });
    expect(itself?.note).toBeUndefined();
  });

  it('lead to the window of a cell, and say nothing of the newest', () => {
    expect(windowsOf(ROW, 0)).toEqual({ current: '2026-11-11T00:00..2026-11-12T00:00' });
    expect(windowsOf(ROW, 2)).toEqual({});
    expect(windowsOf(ROW, 1)).toEqual({});
  });
});

describe('the addresses of drift', () => {
  it('keep what is understood and nothing else', () => {
    expect(search({ tab: 'series', q: 12, severity: 'WARNING', grain: 'year', kind: 'volume', x: 1 })).toEqual({ tab: 'series', q: '12', severity: 'WARNING', kind: 'volume' });
    expect(windows({ baseline: '7d', current: '', other: 1 })).toEqual({ baseline: '7d' });
  });

  it('go by hours where the time is short, and by days where it is long', () => {
    expect([1, 7, 30].map((days) => grainOf({}, days))).toEqual(['hour', 'day', 'day']);
    expect(grainOf({ grain: 'hour' }, 30)).toBe('day');
  });

  it('are also a command', () => {
    expect(flags({ baseline: '7d', current: '2026-11-20' })).toBe(' --baseline 7d --current 2026-11-20');
    expect(query({ current: '2026-11-20T06:00..' })).toBe('?current=2026-11-20T06%3A00..');
    expect(query({})).toBe('');
  });
});

describe('the distributions of a column', () => {
  it('are pairs of bars with all others, and say where they lie furthest apart', () => {
    const values: Shares = { type: 'values', title: 'values', values: ['a', 'b'], baseline: [0.5, 0.3], current: [0.1, 0.3], rest: [0.2, 0.6], edges: [] };
    const { data, summary } = shapeOf(values, 'UTC');
    expect(data).toMatchObject({ bars: 'paired', labels: ['a', 'b', 'all others'] });
    expect(summary).toContain('Furthest apart at a: 50% before, 10% now.');
  });

  it('are a histogram with the same bins, single whole numbers named as such', () => {
    const bins: Shares = { type: 'bins', title: 'd', scale: 'linear', values: [], edges: [0.5, 1.5, 2.5], baseline: [0.5, 0.5], current: [0.5, 0.5] };
    const { data, summary } = shapeOf(bins, 'UTC');
    expect(data).toMatchObject({ bars: 'histogram', labels: ['1', '2'] });
    expect(summary).toContain('They hardly differ.');
  });

  it('have changes and chances in words', () => {
    expect([change(2, 3), change(0, 1), change(4, 4), change(4, 2)]).toEqual(['+50 %', '', '0 %', '−50 %']);
    expect([chance(0.00001), chance(0.5), chance(null)]).toEqual(['< 0.0001', '0.5', '–']);
  });
});

describe('what a column scored before', () => {
  it('is marked where it drifted, by how badly', () => {
    const history = [0.1, 0.3, null, 0.9].map((score, at) => ({ score, start: looked(11).start, end: `2026-11-1${at}T00:00:00Z`, rows: 10 }));
    const data = scored({ history, levels: { INFO: 0.25, WARNING: 0.5, CRITICAL: 0.75 } });
    expect(data.marks?.map(({ at, name }) => [at, name])).toEqual([
      [1, 'info'],
      [3, 'critical'],
    ]);
    expect(data.thresholds).toHaveLength(3);
  });
});

describe('a series', () => {
  const point = (hour: number, verdict: string): Point => ({ at: `2026-11-20T0${hour}:00:00.000Z`, value: hour, low: 0, high: 5, score: 0, verdict });
  const points = [point(0, 'normal'), point(1, 'anomaly'), point(2, 'anomaly'), point(3, 'normal'), point(4, 'anomaly')];

  it('has its stretches of anomalies, the newest first, each up to the point after it', () => {
    expect(stretches(points)).toEqual([
      { since: '2026-11-20T04:00:00.000Z', until: '2026-11-20T05:00:00.000Z', points: 1 },
      { since: '2026-11-20T01:00:00.000Z', until: '2026-11-20T03:00:00.000Z', points: 2 },
    ]);
    expect(stretches([])).toEqual([]);
  });

  it('is drawn within its band, anomalies marked', () => {
    const data = dataOf('nulls', points);
    expect(data.band?.high).toEqual([5, 5, 5, 5, 5]);
    expect(data.marks?.map(({ at }) => at)).toEqual([1, 2, 4]);
    expect(data.shares).toBe(true);
    expect(dataOf('volume', points.map((each) => ({ ...each, low: null, high: null }))).band).toBeUndefined();
  });
});
