/** The list: one row an alert, one of them under the cursor. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Mark, severity } from '../../components/Status';
import { Ago } from '../../components/Time';
import { count, many } from '../../lib/format';
import type { Row } from './order';

interface Props {
  rows: readonly Row[];
  at: string | undefined;
  open: string | undefined;
  selected: ReadonlySet<string>;
  go: (id: string) => void;
  select: (id: string) => void;
  unfolded: ReadonlySet<string>;
  unfold: (id: string) => void;
  hover: (over: boolean) => void;
}

export function AlertList(props: Props) {
  const { rows, at, hover } = props;
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 60,
    getItemKey: (index) => rows[index]?.alert.alert_id ?? index,
    overscan: 8,
    initialRect: { width: 600, height: 800 },
  });
  const place = rows.findIndex(({ alert }) => alert.alert_id === at);
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place);
    // Only a move of the cursor scrolls; rows that come or go do not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [at]);
  return (
    <Box
      ref={box}
      role="list"
      aria-label="Alerts"
      onMouseEnter={() => {
        hover(true);
      }}
      onMouseLeave={() => {
        hover(false);
      }}
      sx={{ overflow: 'auto', flex: 1, minHeight: 0, position: 'relative' }}
    >
      <Box sx={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const row = rows[index];
          return row && <AlertRow key={row.alert.alert_id} row={row} start={start} size={size} {...props} />;
        })}
      </Box>
    </Box>
  );
}

function AlertRow({ row: { alert, child, children }, start, size, at, open, selected, go, select, unfolded, unfold }: Props & { row: Row; start: number; size: number }) {
  const id = alert.alert_id;
  const [tone, word] = severity(alert.severity);
  const quiet = alert.status === 'resolved';
  return (
    <Box
      role="listitem"
      data-alert={id}
      sx={{
        position: 'absolute',
        insetInline: 0,
        display: 'flex',
        alignItems: 'center',
        gap: 0.5,
        pl: child ? 4 : 0.5,
        pr: 1.5,
        borderBottom: 1,
        borderColor: 'divider',
        bgcolor: open === id ? 'action.selected' : undefined,
        boxShadow: at === id ? 'inset 3px 0 0 var(--sq-palette-primary-main)' : undefined,
        '&:hover': { bgcolor: 'action.hover' },
      }}
      style={{ transform: `translateY(${start}px)`, height: size }}
    >
      <Checkbox
        size="small"
        checked={selected.has(id)}
        onChange={() => {
          select(id);
        }}
        slotProps={{ input: { 'aria-label': `Select: ${alert.title}` } }}
      />
      <Box
        component="button"
        type="button"
        aria-current={open === id ? 'true' : undefined}
        onClick={() => {
          go(id);
        }}
        sx={{ all: 'unset', flex: 1, minWidth: 0, cursor: 'pointer', py: 1, borderRadius: 1, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main' } }}
      >
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
          <Mark tone={quiet ? 'ok' : tone} />
          <Box component="span" sx={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: alert.status === 'open' ? 600 : 400 }}>
            {alert.title}
          </Box>
        </Box>
        <Box sx={{ pl: 2.5, color: 'text.secondary', fontSize: '0.8125rem', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          <Ago at={quiet ? alert.resolved_at : alert.opened_at} />
          {[
            '',
            quiet ? `${word}, resolved` : word,
            alert.dataset,
            alert.count > 1 ? `${count(alert.count)} times` : undefined,
            quiet || alert.status === 'open' ? undefined : alert.status,
            alert.assignee ?? (quiet ? undefined : 'unassigned'),
          ]
            .filter((part) => part !== undefined && part !== null)
            .join(' · ')}
        </Box>
      </Box>
      {children > 0 && !child && (
        <Button
          aria-expanded={unfolded.has(id)}
          onClick={() => {
            unfold(id);
          }}
          aria-label={`${many(children, 'alert')} follow from this`}
        >
          {unfolded.has(id) ? '−' : '+'}
          {children}
        </Button>
      )}
    </Box>
  );
}
