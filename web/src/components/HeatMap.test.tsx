import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { HeatMap, spoken, step, type Line } from './HeatMap';

const cell = (score: number | null, enough = true) => ({ score, n: 4210, enough });
const lines: Line[] = [
  { key: 'a', name: 'orders.amount', cells: [cell(0.31), cell(0.1), undefined] },
  { key: 'b', name: 'orders.note', cells: [cell(0.9), cell(0.5, false), cell(0.25)] },
];
const windows = ['12 Nov', '13 Nov', '14 Nov'];

describe('HeatMap', () => {
  it('reads a cell as a sentence', () => {
    const line = lines[0] as Line;
    expect(spoken(line, '12 Nov', line.cells[0], 'PSI', 0.2)).toBe('orders.amount, 12 Nov, PSI 0.31, above 0.2, n 4,210');
    expect(spoken(line, '13 Nov', line.cells[1], 'PSI', 0.2)).toContain('within 0.2');
    expect(spoken(line, '14 Nov', undefined, 'PSI', 0.2)).toContain('no data');
  });

  it('paints none, few, within, and three steps above', () => {
    expect([undefined, cell(0.5, false), cell(0.2), cell(0.25), cell(0.6), cell(1)].map((each) => step(each, 0.2))).toEqual(['none', 'few', 0, 1, 2, 3]);
  });

  it('has one tab stop, and arrows, Home and End move the cursor', async () => {
    const open = vi.fn();
    render(<HeatMap label="Drift" metric="PSI" windows={windows} lines={lines} open={open} />);
    await userEvent.tab();
    const grid = screen.getByRole('grid');
    expect(grid).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}{End}{Enter}');
    expect(open).toHaveBeenCalledExactlyOnceWith(lines[1], 2);
    expect(screen.getByRole('gridcell', { selected: true })).toHaveAccessibleName(/orders.note, 14 Nov, PSI 0.25, above/);
    await userEvent.keyboard('{ArrowRight}{ArrowDown}{Home}');
    expect(grid).toHaveAttribute('aria-activedescendant', 'Drift-1-0');
    expect(document.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
  });
});
