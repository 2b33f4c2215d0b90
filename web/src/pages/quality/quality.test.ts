import { describe, expect, it } from 'vitest';
import type { Checked, Measure, Part, Report } from '../../api/quality';
import { noted, rows } from './columns';
import { chosen } from './files';
import { floor, place, steps, whole } from './points';
import { found, search } from './search';
import { draftOf, faults, given } from './thresholds';
import { reached, verdict } from './verdict';

const part = (lost: number, causes: Part['causes'] = [], more: Partial<Part> = {}): Part => ({ score: 1 - lost, weight: 1, lost, threshold: 0.9, causes, ...more });
const checked = (name: string, more: Partial<Checked> = {}): Checked => ({ name, kind: 'missing', severity: 'WARNING', status: 'pass', samples: [], ...more });
const measure = (name: string): Measure => ({ name, type: 'text', rows: 9, missing: 0, blanks: 0, placeholders: 0, form: null, forms: {}, odd: 0, odd_samples: [], numbers: 0, spread: null, outliers: 0, outlier_samples: [], distinct: null, low: null, high: null, mean: null });
const report = (more: Partial<Report>): Report => ({ checks: [], drifts: [], measures: [], ...more }) as Report;

describe('the points that were lost', () => {
  const parts = { accuracy: part(0), completeness: part(0.05, [{ check: 'a.missing', lost: 0.03 }, { check: 'b.missing', lost: 0.02 }]), uniqueness: part(0.2) };

  it('go down from 1, the dearest part first, each cause within its part', () => {
    const down = steps({ parts, report: report({ checks: [checked('b.missing', { column: 'b' })] }) });
    expect(down.map(({ name, below }) => [name, below])).toEqual([['uniqueness', true], ['completeness', false]]);
    expect(down[0]?.from).toBe(1);
    expect(down[1]?.from).toBeCloseTo(0.8);
    expect(down[1]?.to).toBeCloseTo(0.75);
    const causes = down[1]?.causes ?? [];
    expect(causes[0]?.from).toBe(down[1]?.from);
    expect(causes[1]?.to).toBeCloseTo(0.75);
    expect(causes.map((each) => each.found?.column)).toEqual([undefined, 'b']);
  });

  it('leave what cost nothing whole', () => {
    expect(whole(parts)).toEqual(['accuracy']);
  });

  it.each([
    [0.997, 0.99],
    [0.99, 0.95],
    [0.81, 0.8],
    [0.5, 0],
    [0, 0],
  ])('of a score of %d are seen on a scale from %d', (score, least) => {
    expect(floor(score)).toBe(least);
  });

  it('stay on the scale', () => {
    expect([place(0.75, 0.5), place(0.2, 0.5), place(1.2, 0.5)]).toEqual([50, 0, 100]);
  });
});

describe('columns', () => {
  const all = report({
    measures: [measure('quiet'), measure('moved'), measure('dear')],
    checks: [checked('quiet.missing', { column: 'quiet' }), checked('dear.missing', { column: 'dear', status: 'fail' })],
    drifts: [{ kind: 'schema', column: 'moved', metric: 'added', score: 1, severity: 'INFO', message: '' }],
  });

  it('stand in the order of what they cost, with what was found in each', () => {
    const found = rows(all, new Map([['dear.missing', 0.1]]));
    expect(found.map((row) => [row.measure.name, row.lost, noted(row)])).toEqual([
      ['dear', 0.1, true],
      ['moved', 0, true],
      ['quiet', 0, false],
    ]);
  });
});

describe('files', () => {
  const file = new File(['12345'], 'a.csv');

  it('are refused before they are sent where the server would not take them', () => {
    expect(chosen([{ file, folder: false }], 5)[0]?.refused).toBeUndefined();
    expect(chosen([{ file, folder: false }], undefined)[0]?.refused).toBeUndefined();
    expect(chosen([{ file, folder: false }], 4)[0]?.refused).toContain('4 bytes is the most');
    expect(chosen([{ file, folder: true }], 5)[0]?.refused).toContain('folder');
  });
});

describe('thresholds', () => {
  const usual = { score: 0.8, critical: 0.5, completeness: 0.9, uniqueness: 0.99, conformity: 0.98, accuracy: 0.85, consistency: 1, outlier_factor: 1.5, weights: { completeness: 3, uniqueness: 2, conformity: 2, accuracy: 1, consistency: 2 } };

  it('come back as they went in', () => {
    expect(given(draftOf(usual))).toEqual(usual);
  });

  it('take a comma for a point', () => {
    expect(given({ ...draftOf(usual), score: ' 0,95 ' }).score).toBe(0.95);
  });

  it.each([
    ['score', '1.1'],
    ['score', 'much'],
    ['critical', ''],
    ['outlier_factor', '0'],
    ['weights.accuracy', '-1'],
  ])('of %s are never %j', (name, typed) => {
    expect(Object.keys(faults({ ...draftOf(usual), [name]: typed }))).toEqual([name]);
  });
});

describe('addresses', () => {
  it('keep what is understood, and leave out what is usual', () => {
    expect(search({ tab: 'checks', status: 'failed', q: 7, sort: 'score', x: 1 })).toEqual({ tab: 'checks', status: 'failed', q: '7' });
    expect(search({ tab: 'sources', status: 'odd', q: '' })).toEqual({});
    expect(found({ tab: 'columns', column: true, all: 'true', q: [] })).toEqual({ column: 'true', all: true });
  });
});

describe('a check', () => {
  it('is told apart by a tone and a word', () => {
    expect(verdict({ status: 'done', below: [] })).toEqual(['ok', 'good']);
    expect(verdict({ status: 'done', below: ['score'] })).toEqual(['warn', 'below']);
    expect(verdict({ status: 'failed', below: [] })[0]).toBe('critical');
    expect(verdict({ status: 'waiting', below: [] })[0]).toBe('unknown');
  });

  it('goes through its steps in order', () => {
    expect([reached(undefined), reached('starting'), reached('writing')]).toEqual([-1, 0, 6]);
  });
});
