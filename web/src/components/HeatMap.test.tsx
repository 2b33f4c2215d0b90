import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { HeatMap } from './HeatMap';
import { since, spoken, step, type Line } from './heatcells';

const cell = (score: number | null, enough = true) => ({ score, n: 4210, enough });
const lines: Line[] = [
  { key: 'a', name: 'orders.amount', cells: [cell(0.31), cell(0.1), undefined] },
  { key: 'b', name: 'orders.note', cells: [cell(0.9), cell(0.5, false), cell(0.25)] },
];
const windows = ['12 Nov', '13 Nov', '14 Nov'];

describe('the cells of a heat map', () => {
  it('are read as sentences', () => {
    const line = lines[0] as Line;
    expect(spoken(line, '12 Nov', line.cells[0], 'PSI', 0.2)).toBe('orders.amount, 12 Nov, PSI 0.31, above 0.2, n 4,210');
    expect(spoken(line, '13 Nov', line.cells[1], 'PSI', 0.2)).toContain('within 0.2');
    expect(spoken(line, '14 Nov', undefined, 'PSI', 0.2)).toContain('no data');
    expect(spoken(line, '14 Nov', cell(null, false), 'PSI', 0.2)).toContain('too little data, n 4,210');
  });

  it('are none, few, within, and three steps above', () => {
    expect([undefined, cell(0.5, false), cell(0.19), cell(0.2), cell(0.6), cell(1)].map((each) => step(each, 0.2))).toEqual(['none', 'few', 0, 1, 2, 3]);
  });

  it('tell since when a line is beyond the threshold, over what is not known', () => {
    const [low, high, few] = [cell(0.1), cell(0.4), cell(null, false)];
    expect(since([high, low, high, undefined, few, high], 0.2)).toBe(2);
    expect(since([high, high], 0.2)).toBe(0);
    expect(since([high, low], 0.2)).toBeUndefined();
    expect(since([undefined, few], 0.2)).toBeUndefined();
  });
});

describe('HeatMap', () => {
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

  it('opens a line by its name, and those below a heading by the heading', async () => {
    const open = vi.fn();
    const headed: Line[] = [{ key: 'h', name: 'orders', cells: [], heading: true, note: '2 columns' }, ...lines];
    render(<HeatMap label="Drift" metric="PSI" windows={windows} lines={headed} note="Since" open={open} />);
    await userEvent.tab();
    await userEvent.keyboard('{Enter}{ArrowDown}{ArrowLeft}{Enter}');
    await userEvent.click(screen.getByText('orders.note'));
    expect(open.mock.calls).toEqual([
      [headed[0], undefined],
      [lines[0], undefined],
      [lines[1], undefined],
    ]);
  });

  it('draws only the lines in sight', () => {
    const many = Array.from({ length: 1000 }, (_, at): Line => ({ key: String(at), name: `c${at}`, cells: [cell(0.1)] }));
    render(<HeatMap label="Drift" metric="PSI" windows={['12 Nov']} lines={many} />);
    expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '1001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
  });
});
