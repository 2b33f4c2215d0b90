import { describe, expect, it } from 'vitest';
import type { Alert } from '../../api/alerts';
import { inverse } from './actions';
import { told } from './history';
import { matches, ordered } from './order';
import { search, wanted } from './search';

function alert(id: string, more: Partial<Alert> = {}): Alert {
  const at = '2026-11-20T12:00:00Z';
  return {
    alert_id: id, key: id, kind: 'check', dataset: 'orders', severity: 'WARNING', status: 'open', title: id, details: {}, count: 1,
    cause: null, assignee: null, opened_at: at, updated_at: at, acknowledged_at: null, acknowledged_by: null, snoozed_until: null,
    resolved_at: null, resolved_by: null, reason: null, note: null, ...more,
  };
}
const ids = (found: { alert: Alert }[]) => found.map((row) => row.alert.alert_id);

describe('the order of alerts', () => {
  it('is worst first, then newest', () => {
    const found = [alert('old'), alert('new', { opened_at: '2026-11-20T13:00:00Z' }), alert('worst', { severity: 'CRITICAL' }), alert('least', { severity: 'INFO' })];
    expect(ids(ordered(found, new Set(), false))).toEqual(['worst', 'new', 'old', 'least']);
  });

  it('folds what an alert explains under it', () => {
    const found = [alert('child', { cause: 'cause', severity: 'CRITICAL' }), alert('cause'), alert('orphan', { cause: 'elsewhere' })];
    const folded = ordered(found, new Set(), false);
    expect(ids(folded)).toEqual(['cause', 'orphan']);
    expect(folded[0]?.children).toBe(1);
    expect(ids(ordered(found, new Set(['cause']), false))).toEqual(['cause', 'child', 'orphan']);
  });

  it('ends where causes go in a circle with a way in', () => {
    const found = [alert('a', { cause: 'b' }), alert('b', { cause: 'b' })];
    expect(ids(ordered(found, new Set(['b']), false))).toEqual(['b', 'a']);
  });

  it('filters by every word', () => {
    expect([matches(alert('PSI moved'), 'psi orders'), matches(alert('PSI moved'), 'psi events')]).toEqual([true, false]);
  });
});

describe('the address of alerts', () => {
  it('keeps what is understood and leaves out what is usual', () => {
    expect(search({ tab: 'open', severity: 'CRITICAL', q: 7, alert: '', dataset: ['x'], other: 1 })).toEqual({ severity: 'CRITICAL', q: '7' });
    expect(search({ tab: 'nothing', severity: 'critical' })).toEqual({});
  });

  it('asks for mine by name', () => {
    expect(wanted({ tab: 'mine' }, 'ada')).toEqual({ status: ['open', 'acknowledged'], assignee: 'ada' });
  });
});

describe('undoing', () => {
  it('brings an alert back to where it stood', () => {
    expect(inverse('resolve', alert('a', { status: 'acknowledged', assignee: 'ada' }))).toEqual([
      { verb: 'reopen' },
      { verb: 'acknowledge' },
      { verb: 'assign', assignee: 'ada' },
    ]);
    expect(inverse('assign', alert('a', { assignee: 'ada' }))).toEqual([{ verb: 'assign', assignee: 'ada' }]);
    expect(inverse('comment', alert('a'))).toEqual([]);
  });

  it('does not snooze again until a time that is over', () => {
    const before = alert('a', { status: 'snoozed', snoozed_until: '2001-01-01T00:00:00Z' });
    expect(inverse('resolve', before).map(({ verb }) => verb)).toEqual(['reopen', 'assign']);
  });
});

describe('the history', () => {
  const entry = (kind: string, details: Record<string, unknown> = {}) => ({ at: '', actor: null, kind, details });
  it('says what happened', () => {
    expect(told(entry('raised', { from: 'WARNING', to: 'CRITICAL' }))).toBe('became worse: from warning to critical');
    expect(told(entry('resolved', { reason: 'cleared' }))).toMatch(/by itself/);
    expect(told(entry('assigned', { to: null }))).toBe('assigned to nobody');
    expect(told(entry('of_tomorrow'))).toBe('of tomorrow');
  });
});
