import { describe, expect, it } from 'vitest';
import { asked, days, fault, resolve, spelled, windowOf } from './range';

const NOW = Date.parse('2026-11-20T12:00:00Z');

describe('range', () => {
  it('understands both kinds of time', () => {
    expect(resolve('now', NOW)).toBe(NOW);
    expect(resolve('now-24h', NOW)).toBe(NOW - 86_400_000);
    expect(resolve('2026-11-20T10:00Z', NOW)).toBe(Date.parse('2026-11-20T10:00Z'));
  });

  it.each(['', 'yesterday', 'now-', 'now+1h', 'now-99999d', '12'])('does not guess %j', (text) => {
    expect(resolve(text, NOW)).toBeUndefined();
  });

  it('refuses a span that ends before it begins', () => {
    expect(fault({ from: 'now', to: 'now-1h' }, NOW)).toMatch(/ends before/);
    expect(fault({ from: 'now-1h', to: 'now' }, NOW)).toBeUndefined();
  });

  it.each([
    ['now-7d', 'now', { days: 7 }, '7d'],
    ['now-2w', 'now', { days: 14 }, '14d'],
    ['now-24h', 'now', { days: 1 }, '1d'],
    ['now-90m', 'now', { since: '2026-11-20T10:30:00.000Z', until: null }, '2h'],
    ['now-3d', 'now-1d', { since: '2026-11-17T12:00:00.000Z', until: '2026-11-19T12:00:00.000Z' }, '2026-11-17T12:00..2026-11-19T12:00'],
    ['2026-11-01T10:20Z', '2026-11-03T10:20Z', { since: '2026-11-01T10:20:00.000Z', until: '2026-11-03T10:20:00.000Z' }, '2026-11-01T10:00..2026-11-03T11:00'],
  ])('asks from %s to %s and for nothing beyond', (from, to, found, window) => {
    expect(asked({ from, to }, NOW)).toEqual(found);
    expect(windowOf({ from, to }, NOW)).toBe(window);
  });

  it('is as long as it is, however long ago', () => {
    expect(days({ from: 'now-60d', to: 'now-50d' }, NOW)).toBe(10);
    expect(days({ from: 'now-1h', to: 'now' }, NOW)).toBe(1);
  });

  it('is also a part of an address', () => {
    expect(spelled({ days: 7 })).toBe('days=7');
    expect(spelled({ since: '2026-11-17T12:00:00.000Z', until: null })).toBe('since=2026-11-17T12:00:00.000Z');
  });
});
