import { describe, expect, it } from 'vitest';
import { fault, resolve } from './range';

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
});
