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

  it('tells which rows are in sight, and leaves a place for those that are not there', async () => {
    const seen = vi.fn();
    const gaps = rows.map((row) => (row < 5 ? row : undefined));
    render(<DataTable label="Rows" columns={COLUMNS} rows={gaps} id={String} seen={seen} height={360} />);
    expect(seen).toHaveBeenCalledWith(0, expect.any(Number));
    expect(screen.getAllByLabelText('Still to come').length).toBeGreaterThan(3);
    await userEvent.tab();
    await userEvent.keyboard('{End}{Enter}');
    expect(screen.getByRole('grid')).not.toHaveAttribute('aria-activedescendant');
  });

  it('is sorted by the heads of its columns, and says how', async () => {
    const [sort, open] = [vi.fn(), vi.fn()];
    const columns = [{ key: 'name', title: 'Name', cell: String, sortable: true }, { key: 'size', title: 'Size', cell: String }];
    render(<DataTable label="Rows" columns={columns} rows={rows} id={String} open={open} order={{ key: 'name', direction: 'descending' }} sort={sort} />);
    expect(screen.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');
    expect(screen.getByRole('columnheader', { name: 'Size' })).not.toHaveAttribute('aria-sort');
    await userEvent.tab();
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    expect(sort).toHaveBeenCalledExactlyOnceWith('name');
    expect(open).not.toHaveBeenCalled();
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
