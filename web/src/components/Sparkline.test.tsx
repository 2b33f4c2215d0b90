import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { path, Sparkline } from './Sparkline';

describe('Sparkline', () => {
  it('spans its box, highest on top', () => {
    expect(path([0, 10], 100, 20)).toBe('M2.0 18.0L98.0 2.0');
  });

  it('leaves a gap where there is no value', () => {
    expect(path([1, null, 1, 1], 100, 20).match(/M/g)).toHaveLength(2);
  });

  it('draws a level line in the middle, and nothing of nothing', () => {
    expect(path([5, 5], 100, 20)).toBe('M2.0 10.0L98.0 10.0');
    expect(path([null], 100, 20)).toBe('');
  });

  it('says what it shows', () => {
    render(<Sparkline label="Score" values={[0.9, null, 0.98, 0.95]} />);
    expect(screen.getByRole('img')).toHaveAccessibleName('Score: from 0.9 to 0.95, between 0.9 and 0.98, 3 values');
  });
});
