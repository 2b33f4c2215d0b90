/** A table of any length: only the rows in sight are drawn, the head stays, arrows move along the rows. */
import Box from '@mui/material/Box';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  width?: string;
  numeric?: boolean;
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
  open?: (row: Row) => void;
  height?: number;
  rowHeight?: number;
}

/** The row that a key leads to from another; undefined for a key that leads nowhere. */
export function next(key: string, from: number, rows: number, page: number): number | undefined {
  const to: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: rows - 1,
  };
  const found = to[key];
  return found === undefined ? undefined : Math.min(Math.max(found, 0), rows - 1);
}

export function DataTable<Row>({ label, columns, rows, id, open, height = 480, rowHeight = 36 }: Props<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 800, height },
  });
  const current = Math.min(at, Math.max(rows.length - 1, 0));
  const template = columns.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ');

  const press = (event: KeyboardEvent) => {
    if (rows.length === 0) return;
    const row = rows[current];
    if (event.key === 'Enter' && open && row !== undefined) {
      open(row);
      return;
    }
    const to = next(event.key, current, rows.length, Math.floor(height / rowHeight));
    if (to === undefined) return;
    event.preventDefault();
    setAt(to);
    virtual.scrollToIndex(to);
  };

  const line = { display: 'grid', gridTemplateColumns: template, columnGap: 2, px: 2, alignItems: 'center' } as const;
  const name = (row: Row) => `${label}-${id(row)}`;
  return (
    <Box
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={rows[current] === undefined ? undefined : name(rows[current])}
      tabIndex={0}
      onKeyDown={press}
      sx={{ maxHeight: height, overflow: 'auto', '&:focus-visible [data-at=true]': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
    >
      <Box
        role="row"
        aria-rowindex={1}
        sx={{ ...line, height: 34, position: 'sticky', top: 0, zIndex: 1, bgcolor: 'background.paper', borderBottom: 1, borderColor: 'divider', color: 'text.secondary', fontSize: '0.8125rem' }}
      >
        {columns.map((column) => (
          <Box key={column.key} role="columnheader" sx={{ textAlign: column.numeric ? 'right' : 'left' }}>
            {column.title}
          </Box>
        ))}
      </Box>
      <Box role="rowgroup" sx={{ position: 'relative', height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            // The grid's own keys do what a click does.
             
            <Box
              key={id(row)}
              id={name(row)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={index === current}
              data-at={index === current}
              onClick={() => {
                setAt(index);
                open?.(row);
              }}
              sx={{ ...line, position: 'absolute', insetInline: 0, height: rowHeight, borderBottom: 1, borderColor: 'divider', cursor: open ? 'pointer' : 'default', '&:hover': { bgcolor: 'action.hover' } }}
              style={{ transform: `translateY(${start}px)` }}
            >
              {columns.map((column) => (
                <Box key={column.key} role="gridcell" sx={{ textAlign: column.numeric ? 'right' : 'left', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
                  {column.cell(row)}
                </Box>
              ))}
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
