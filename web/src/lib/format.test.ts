import { describe, expect, it } from 'vitest';
import { ago, bytes, count, many, moment, number, plain, score, share, span, words } from './format';

const NOW = Date.parse('2026-11-20T12:00:00Z');

describe('format', () => {
  it('tells nothing from zero', () => {
    expect([count(null), count(0), number(undefined), share(null), span(null)]).toEqual(['–', '0', '–', '–', '–']);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1234, '1.23 KB'],
    [2_000_000_000, '2 GB'],
    [9e18, '9,000,000 TB'],
  ])('writes %d bytes in the unit that suits', (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  it('writes a score of 1 only where nothing is lost', () => {
    expect([score(1), score(0.99999), score(0.999), score(0.5), score(0), score(null)]).toEqual(['1.000', '0.999', '0.999', '0.500', '0.000', '–']);
  });

  it.each([
    [1234567, '1,234,567'],
    [0.012345, '0.0123'],
    [12.345, '12.3'],
    [-1234.5, '-1,235'],
  ])('writes %d with three digits that count', (value, text) => {
    expect(number(value)).toBe(text);
  });

  it.each([
    [0.5, '0.5 s'],
    [59, '59 s'],
    [60, '1 min'],
    [5400, '2 h'],
    [86_400, '1 d'],
    [-120, '-2 min'],
  ])('writes %d seconds', (seconds, text) => {
    expect(span(seconds)).toBe(text);
  });

  it('says how long ago, and how far ahead', () => {
    expect(ago('2026-11-20T09:00:00Z', NOW)).toBe('3 h ago');
    expect(ago('2026-11-20T16:00:00Z', NOW)).toBe('in 4 h');
    expect(ago('2026-11-20T11:59:58Z', NOW)).toBe('now');
  });

  it('names the zone of every moment', () => {
    expect(moment('2026-11-20T12:00:00Z', 'UTC')).toBe('20 Nov 2026, 12:00:00 UTC');
  });

  it('counts in words', () => {
    expect([many(1, 'row'), many(1200, 'row')]).toEqual(['1 row', '1,200 rows']);
  });

  it('shows data as text', () => {
    expect(plain('<b>x</b>')).toBe('<b>x</b>');
    expect(plain(['a', 1, null])).toBe('a, 1, –');
    expect(plain({ a: [1] })).toBe('{"a":[1]}');
    expect(words('missing_data')).toBe('missing data');
  });
});
