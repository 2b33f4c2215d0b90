/** The records in quarantine, newest first: only those in sight are drawn, and more are fetched as one comes near. */
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Refused } from '../../api/quarantine';
import { useNow } from '../../lib/clock';
import { ago } from '../../lib/format';
import { spell } from './search';

interface Props {
  rows: readonly Refused[];
  at: string | undefined;
  open: string | undefined;
  selected: ReadonlySet<string>;
  go: (record: string) => void;
  select: (record: string) => void;
  more: (() => void) | undefined;
}

const ROW = 54;

export function Records({ rows, at, open, selected, go, select, more }: Props) {
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
    initialRect: { width: 500, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && rows.length > 0 && last >= rows.length - 15) more();
  }, [last, rows.length, more]);
  const place = rows.findIndex((row) => spell(row) === at);
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place);
    // Only a move of the cursor scrolls; rows that come or go do not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [at]);
  return (
    // A scrolling list is reached by the records in it; the page's own keys move along them.
    <Box ref={box} role="list" aria-label="Records in quarantine" sx={{ overflow: 'auto', flex: 1, minHeight: 0 }}>
      <Box role="presentation" sx={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          return row && <Row key={spell(row)} row={row} start={start} at={at} open={open} selected={selected} go={go} select={select} />;
        })}
      </Box>
    </Box>
  );
}

function Row({ row, start, at, open, selected, go, select }: Pick<Props, 'at' | 'open' | 'selected' | 'go' | 'select'> & { row: Refused; start: number }) {
  const now = useNow();
  const name = spell(row);
  const checks = [...new Set(row.errors.map(({ check }) => check))];
  return (
    <Box
      role="listitem"
      data-record={name}
      sx={{ position: 'absolute', insetInline: 0, height: ROW, display: 'flex', alignItems: 'center', pl: 0.5, pr: 1.5, borderBottom: 1, borderColor: 'divider', bgcolor: open === name ? 'action.selected' : undefined, boxShadow: at === name ? 'inset 3px 0 0 var(--sq-palette-primary-main)' : undefined, '&:hover': { bgcolor: 'action.hover' } }}
      style={{ transform: `translateY(${start}px)` }}
    >
      <Checkbox size="small" checked={selected.has(name)} onChange={() => { select(name); }} slotProps={{ input: { 'aria-label': `Select record ${row.row} of batch ${row.batch}` } }} />
      <Box
        component="button"
        type="button"
        aria-current={open === name ? 'true' : undefined}
        onClick={() => { go(name); }}
        sx={{ all: 'unset', flex: 1, minWidth: 0, cursor: 'pointer', py: 0.75, borderRadius: 1, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main' } }}
      >
        <Box sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{row.errors[0]?.message ?? 'no reason is written down'}</Box>
        <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {[ago(row.received_at, now), checks[0], checks.length > 1 ? `and ${checks.length - 1} more` : undefined, `batch ${row.batch}, record ${row.row}`, row.hash.slice(0, 8)].filter(Boolean).join(' · ')}
        </Box>
      </Box>
    </Box>
  );
}
