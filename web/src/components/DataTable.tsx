/** A table of any length: only the rows in sight are drawn, the head stays, arrows move along the rows. */
import Box from '@mui/material/Box';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Heading, type Order } from './Heading';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  width?: string;
  numeric?: boolean;
  /** Whether the rows can be sorted by it. */
  sortable?: boolean;
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** Where a row is undefined, it is still to come. */
  rows: readonly (Row | undefined)[];
  id: (row: Row) => string;
  open?: (row: Row) => void;
  /** The row that stands open beside the table. */
  opened?: string | undefined;
  height?: number | string;
  rowHeight?: number;
  /** How many rows there are, where `rows` is but the beginning; those still to come are drawn as bars. */
  total?: number | undefined;
  /** Asked for more when rows that are still to come are in sight. */
  more?: (() => void) | undefined;
  /** Told which rows are drawn, so that those still to come can be asked for wherever they are. */
  seen?: ((first: number, last: number) => void) | undefined;
  /** Which list it is: another one begins at its first row. */
  list?: string;
  /** How the rows are sorted, and what to do when another order is asked for. */
  order?: Order | undefined;
  sort?: ((key: string) => void) | undefined;
  /** How a row is drawn on a phone, where columns have no place. */
  compact?: { height: number; cell: (row: Row) => ReactNode } | undefined;
  /** How narrow the columns may become; below it the table scrolls sideways. */
  minWidth?: number;
}

const PAGE = 12;

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

const PHONE = '(max-width: 599.95px)';

export function DataTable<Row>({ label, columns: wide, rows, id, open, opened, height = 480, rowHeight: usual = 36, total, more, minWidth: least, seen, list, order, sort, compact }: Props<Row>) {
  const narrow = useMediaQuery(PHONE) ? compact : undefined;
  const columns: readonly Column<Row>[] = narrow ? [{ key: 'row', title: label, cell: narrow.cell }] : wide;
  const [rowHeight, minWidth] = narrow ? [narrow.height, undefined] : [usual, least];
  const size = Math.max(total ?? 0, rows.length);
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [was, become] = useState(list);
  if (was !== list) {
    become(list);
    setAt(0);
  }
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: size,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 800, height: 480 },
  });
  const current = Math.min(at, Math.max(rows.length - 1, 0));
  const drawn = virtual.getVirtualItems();
  const [first, last] = [drawn[0]?.index ?? 0, drawn.at(-1)?.index ?? 0];
  useEffect(() => {
    if (last >= rows.length && size > rows.length) more?.();
  }, [last, rows.length, size, more]);
  useEffect(() => {
    seen?.(first, last);
  }, [first, last, seen]);
  useEffect(() => {
    if (list !== undefined) virtual.scrollToOffset(0);
  }, [virtual, list]);
  useEffect(() => {
    virtual.measure(); // rows are of another height
  }, [virtual, rowHeight]);
  const template = columns.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ');

  const press = (event: KeyboardEvent) => {
    if (rows.length === 0) return;
    const row = rows[current];
    if (event.key === 'Enter') {
      if (event.target === event.currentTarget && row !== undefined) open?.(row); // links and buttons within do their own
      return;
    }
    const to = next(event.key, current, rows.length, typeof height === 'number' ? Math.floor(height / rowHeight) : PAGE);
    if (to === undefined) return;
    event.preventDefault();
    setAt(to);
    virtual.scrollToIndex(to);
  };

  const line = { display: 'grid', gridTemplateColumns: template, columnGap: 2, px: 2, alignItems: 'center', minWidth } as const;
  const name = (row: Row) => `${label}-${id(row)}`;
  return (
    <Box
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={size + 1}
      aria-activedescendant={rows[current] === undefined ? undefined : name(rows[current])}
      tabIndex={0}
      onKeyDown={press}
      sx={{ maxHeight: height, overflow: 'auto', position: 'relative', '&:focus-visible [data-at=true]': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
    >
      <Box
        role="row"
        aria-rowindex={1}
        sx={{ ...line, height: 34, position: 'sticky', top: 0, zIndex: 1, bgcolor: 'background.paper', borderBottom: 1, borderColor: 'divider', color: 'text.secondary', fontSize: '0.8125rem' }}
      >
        {columns.map((column) => (
          <Heading key={column.key} column={column} order={order} sort={sort} />
        ))}
      </Box>
      <Box role="rowgroup" sx={{ position: 'relative', minWidth }} style={{ height: virtual.getTotalSize() }}>
        {drawn.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return <Coming key={index} at={index} start={start} height={rowHeight} />;
          return (
            // The grid's own keys do what a click does.
             
            <Box
              key={id(row)}
              id={name(row)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={opened === undefined ? index === current : id(row) === opened}
              data-at={index === current}
              onClick={() => {
                setAt(index);
                open?.(row);
              }}
              sx={{ ...line, position: 'absolute', insetInline: 0, height: rowHeight, borderBottom: 1, borderColor: 'divider', cursor: open ? 'pointer' : 'default', bgcolor: id(row) === opened ? 'action.selected' : undefined, '&:hover': { bgcolor: 'action.hover' } }}
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

/** A row that is still to come. */
function Coming({ at, start, height }: { at: number; start: number; height: number }) {
  return (
    <Box role="row" aria-rowindex={at + 2} aria-busy sx={{ position: 'absolute', insetInline: 0, px: 2, display: 'flex', alignItems: 'center' }} style={{ transform: `translateY(${start}px)`, height }}>
      <Box role="gridcell" aria-label="Still to come" sx={{ height: 10, width: '60%', borderRadius: 1, bgcolor: 'divider' }} />
    </Box>
  );
}
