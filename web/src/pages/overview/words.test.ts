import { describe, expect, it } from 'vitest';
import type { Since } from '../../api/dashboard';
import { accepted, did, verdict } from './words';

const since = (more: Partial<Since>): Since => ({
  rows: 48_120, rows_before: 47_004, quarantined: 0, quarantined_before: 0, score: 0.982, score_before: 0.986,
  findings: 0, findings_before: 0, alerts: 0, alerts_before: 0, drifts: 0, drifts_before: 0, because: [], ...more,
});

describe('the overview in words', () => {
  it.each([
    [{}, 'unknown', 'There are no datasets yet'],
    [{ healthy: 5 }, 'ok', 'All 5 datasets are healthy'],
    [{ healthy: 1 }, 'ok', '1 dataset is healthy'],
    [{ healthy: 4, unknown: 1 }, 'ok', '4 datasets are healthy; of 1 nothing is known yet'],
    [{ unknown: 3 }, 'unknown', 'None of 3 datasets has run yet'],
    [{ healthy: 4, warning: 1 }, 'warn', '1 of 5 datasets needs a look'],
    [{ healthy: 9, warning: 2, critical: 1 }, 'critical', '1 of 12 datasets is in trouble, 2 more need a look'],
  ])('says of %j that it is %s', (datasets, tone, text) => {
    expect(verdict({ datasets })).toEqual({ tone, text });
  });

  it('holds the score against the day before', () => {
    expect(accepted(since({}))).toBe('98.2% of 48,120 records of the last 24 hours were accepted, 0.4 points lower than the day before (98.6%)');
    expect(accepted(since({ score: 1, score_before: 0.986 }))).toContain('1.4 points higher');
    expect(accepted(since({ score_before: 0.9823 }))).toMatch(/, as the day before\.$/);
    expect(accepted(since({ score_before: null }))).toMatch(/; none came the day before\.$/);
    expect(accepted(since({ score: null, rows: 0 }))).toMatch(/^No records came in the last 24 hours/);
  });

  it('says what a dataset did', () => {
    const mover = { dataset: 'orders', points: -0.004, rows: 100 };
    expect(did({ ...mover, score: 0.91, score_before: 0.991 })).toBe('went from 99.1% to 91%');
    expect(did({ ...mover, score: 0.91, score_before: null })).toBe('is new, with 91%');
    expect(did({ ...mover, score: null, score_before: 0.9 })).toBe('brought none');
    expect(did({ ...mover, score: 0.9, score_before: 0.9 })).toContain('as before');
  });
});
