import { describe, expect, it } from 'vitest';
import { steady } from './steady';

const row = (id: string, value = 0) => ({ id, value });

describe('steady', () => {
  it('keeps the order of what is shown, renews it, and counts what waits', () => {
    const found = steady([row('a'), row('b')], [row('c'), row('b', 2), row('a', 1)], ({ id }) => id);
    expect(found).toEqual({ rows: [row('a', 1), row('b', 2)], waiting: 1 });
  });

  it('leaves a row where it stood when it is gone', () => {
    expect(steady([row('a'), row('b')], [row('b')], ({ id }) => id).rows).toEqual([row('a'), row('b')]);
  });
});
