import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { DataTable, next } from './DataTable';

const COLUMNS = [{ key: 'name', title: 'Name', cell: (row: number) => `row ${row}` }];
const rows = Array.from({ length: 10_000 }, (_, row) => row);

describe('DataTable', () => {
  it('draws the rows in sight and no others, and says how many there are', () => {
    render(<DataTable label="Rows" columns={COLUMNS} rows={rows} id={String} height={400} />);
    expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '10001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getByText('row 0')).toBeInTheDocument();
  });

  it('opens the row that the arrows led to', async () => {
    const open = vi.fn();
    render(<DataTable label="Rows" columns={COLUMNS} rows={rows} id={String} open={open} />);
    await userEvent.tab();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}{Enter}');
    expect(open).toHaveBeenCalledExactlyOnceWith(1);
    expect(screen.getByRole('grid')).toHaveAttribute('aria-activedescendant', 'Rows-1');
  });

  it('draws rows that are still to come as bars, and asks for them once they are in sight', () => {
    const more = vi.fn();
    const { rerender } = render(<DataTable label="Rows" columns={COLUMNS} rows={rows.slice(0, 100)} id={String} total={1000} more={more} />);
    expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '1001');
    expect(more).not.toHaveBeenCalled();
    rerender(<DataTable label="Rows" columns={COLUMNS} rows={rows.slice(0, 5)} id={String} total={1000} more={more} />);
    expect(more).toHaveBeenCalledOnce();
    expect(screen.getAllByLabelText('Still to come').length).toBeGreaterThan(3);
  });

  it('shows which row stands open', () => {
    render(<DataTable label="Rows" columns={COLUMNS} rows={rows} id={String} opened="3" />);
    expect(screen.getByRole('row', { selected: true })).toHaveTextContent('row 3');
  });

  it('stays within its rows', () => {
    expect([next('ArrowUp', 0, 5, 3), next('PageDown', 3, 5, 3), next('End', 0, 5, 3), next('x', 0, 5, 3)]).toEqual([0, 4, 4, undefined]);
  });

  it('is calm with no rows', async () => {
    render(<DataTable label="Rows" columns={COLUMNS} rows={[]} id={String} />);
    await userEvent.tab();
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(screen.getAllByRole('row')).toHaveLength(1);
  });
});
