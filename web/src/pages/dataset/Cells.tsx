/** A table of any width and length: only the cells in sight are drawn; arrows move among them, the one is shown whole. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent } from 'react';
import { cell, step, whole, type Place } from './cell';

const ROW = 32;
const WIDTH = 180;

interface Props {
  label: string;
  columns: readonly string[];
  rows: readonly Record<string, unknown>[];
  busy: boolean;
}

export function Cells({ label, columns, rows, busy }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const across = useVirtualizer({ horizontal: true, count: columns.length, getScrollElement: () => box.current, estimateSize: () => WIDTH, overscan: 3, initialRect: { width: 1000, height: 400 } });
  const down = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 6, paddingStart: ROW, initialRect: { width: 1000, height: 400 } });
  const here = { row: Math.min(at.row, rows.length - 1), column: Math.min(at.column, columns.length - 1) };
  const name = columns[here.column] ?? '';
  const value = rows[here.row]?.[name];
  const id = ({ row, column }: Place) => `cell-${row}-${column}`;

  const press = (event: KeyboardEvent) => {
    const to = step(event.key, here, rows.length, columns.length);
    if (!to) return;
    event.preventDefault();
    setAt(to);
    across.scrollToIndex(to.column);
    down.scrollToIndex(to.row);
  };
  const line = { position: 'absolute', display: 'flex', alignItems: 'center', borderBottom: 1, borderColor: 'divider', insetInlineStart: 0 } as const;
  const field = { position: 'absolute', px: 1.5, height: ROW, lineHeight: `${ROW}px`, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', borderRight: 1, borderColor: 'divider' } as const;
  return (
    <Paper sx={{ overflow: 'hidden' }} aria-busy={busy}>
      <Box
        ref={box}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={id(here)}
        tabIndex={0}
        onKeyDown={press}
        sx={{ height: Math.min(rows.length * ROW + ROW + 18, 520), overflow: 'auto', position: 'relative', '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
      >
        <Box role="presentation" sx={{ position: 'relative' }} style={{ width: across.getTotalSize(), height: down.getTotalSize() }}>
          <Box role="row" aria-rowindex={1} sx={{ ...line, position: 'sticky', top: 0, zIndex: 1, height: ROW, bgcolor: 'background.paper', color: 'text.secondary', fontSize: '0.8125rem' }} style={{ width: across.getTotalSize() }}>
            {across.getVirtualItems().map(({ index, start, size }) => (
              <Box key={index} role="columnheader" aria-colindex={index + 1} title={columns[index]} sx={field} style={{ left: start, width: size }}>
                {columns[index]}
              </Box>
            ))}
          </Box>
          {down.getVirtualItems().map((row) => (
            <Box key={row.index} role="row" aria-rowindex={row.index + 2} sx={{ ...line, top: 0, height: ROW }} style={{ transform: `translateY(${row.start}px)`, width: across.getTotalSize() }}>
              {across.getVirtualItems().map(({ index, start, size }) => {
                const found = rows[row.index]?.[columns[index] ?? ''];
                const chosen = row.index === here.row && index === here.column;
                return (
                  // The grid's own keys do what a click does.
                  <Box
                    key={index}
                    id={id({ row: row.index, column: index })}
                    role="gridcell"
                    aria-colindex={index + 1}
                    aria-selected={chosen}
                    onClick={() => {
                      setAt({ row: row.index, column: index });
                    }}
                    sx={{ ...field, textAlign: typeof found === 'number' ? 'right' : 'left', color: found === null ? 'text.secondary' : undefined, fontStyle: found === null ? 'italic' : undefined, bgcolor: chosen ? 'action.selected' : undefined }}
                    style={{ left: start, width: size }}
                  >
                    {cell(found)}
                  </Box>
                );
              })}
            </Box>
          ))}
        </Box>
      </Box>
      <Box component="section" aria-label="The cell whole" sx={{ borderTop: 1, borderColor: 'divider', px: 2, py: 1.25 }}>
        <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
          {name}, row {here.row + 1}
        </Box>
        <Box component="pre" role="region" aria-label="Its value" tabIndex={0} sx={{ m: 0, maxHeight: 160, overflow: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: '0.8125rem', fontFamily: 'ui-monospace, Menlo, Consolas, monospace' }}>
          {whole(value)}
        </Box>
      </Box>
    </Paper>
  );
}
