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
