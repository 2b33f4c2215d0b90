/** A map of cells: lines x windows of time. Grey up to the threshold, then three steps of warm colour; hatched where
 * there is too little data; blank where there is none. One tab stop; arrows, Home, End and the pages move, Enter opens.
 * Only the lines in sight are drawn; the times stay at the top and the names at the left. */
import Box from '@mui/material/Box';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { spoken, type Line } from './heatcells';
import { HeatKey } from './HeatKey';
import { HeatRow, idOf, NAME } from './HeatRow';

interface Props<L extends Line> {
  label: string;
  metric: string;
  windows: readonly string[];
  lines: readonly L[];
  threshold?: number;
  height?: number;
  /** What stands at the end of the lines. */
  note?: string;
  /** Open a cell; without a window, the line as a whole. */
  open?: (line: L, window: number | undefined) => void;
}

const ROW = 24;
const HEADING = 34;
const HEAD = 26;
const PAGE = 15;
const LABEL = 54; // pixels that the name of a window takes

export function HeatMap<L extends Line>({ label, metric, windows, lines, threshold = 0.2, height = 520, note, open }: Props<L>) {
  const box = useRef<HTMLDivElement>(null);
  const [[row, place], setAt] = useState<[number, number]>([0, 0]);
  const [over, setOver] = useState<[number, number]>();
  const every = useEvery(box, windows.length);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (lines[index]?.heading ? HEADING : ROW),
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 8,
    scrollPaddingStart: HEAD,
    initialRect: { width: 800, height },
  });
  const frame = useMemo(() => ({ label, metric, windows, threshold }), [label, metric, windows, threshold]);
  const current = Math.min(row, Math.max(lines.length - 1, 0));

  const move = (to: number, beside: number) => {
    const safe = Math.min(Math.max(to, 0), lines.length - 1);
    setAt([safe, Math.min(Math.max(beside, NAME), windows.length - 1)]);
    virtual.scrollToIndex(safe);
  };
  const press = (event: KeyboardEvent) => {
    const line = lines[current];
    if (!line) return;
    if (event.key === 'Enter') open?.(line, line.heading || place === NAME ? undefined : place);
    const to: Record<string, [number, number]> = {
      ArrowDown: [current + 1, place],
      ArrowUp: [current - 1, place],
      ArrowRight: [current, place + 1],
      ArrowLeft: [current, place - 1],
      Home: [event.ctrlKey ? 0 : current, 0],
      End: [event.ctrlKey ? lines.length - 1 : current, windows.length - 1],
      PageDown: [current + PAGE, place],
      PageUp: [current - PAGE, place],
    };
    const found = to[event.key];
    if (!found) return;
    event.preventDefault();
    move(...found);
  };
  const click = (event: MouseEvent) => {
    const found = spot(event);
    const line = found && lines[found[0]];
    if (!line) return;
    setAt(found);
    open?.(line, line.heading || found[1] === NAME ? undefined : found[1]);
  };
  const told = over ?? [current, place];
  return (
    <Box>
      <Box
        ref={box}
        role="grid"
        aria-label={label}
        aria-rowcount={lines.length + 1}
        aria-colcount={windows.length + 2}
        aria-activedescendant={lines[current] ? idOf(label, current, lines[current].heading ? NAME : place) : undefined}
        tabIndex={0}
        onKeyDown={press}
        onClick={click}
        onMouseOver={(event) => { setOver(spot(event)); }}
        onMouseLeave={() => { setOver(undefined); }}
        sx={{ ...LOOK, maxHeight: height }}
        style={{ '--columns': `min(240px, 34vw) repeat(${windows.length}, minmax(11px, 1fr)) ${note ? 'minmax(76px, 110px)' : '0'}` } as object}
      >
        <div role="rowgroup" className="head">
          <div role="row" aria-rowindex={1} className="line">
            <div role="columnheader" />
            {windows.map((window, each) => (
              <div key={window} role="columnheader" aria-label={window}>
                {each % every === 0 && <span aria-hidden>{window}</span>}
              </div>
            ))}
            <div role="columnheader" className="note">
              {note}
            </div>
          </div>
        </div>
        <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const line = lines[index];
            return line && <HeatRow key={line.key} frame={frame} line={line} index={index} start={start} height={size} at={index === current ? place : undefined} />;
          })}
        </div>
      </Box>
      <HeatKey threshold={threshold}>{sentence(lines[told[0]], told[1], frame)}</HeatKey>
    </Box>
  );
}

/** What is under the pointer or the cursor, in words. */
function sentence(line: Line | undefined, place: number, { windows, metric, threshold }: { windows: readonly string[]; metric: string; threshold: number }): string {
  if (!line) return '';
  const window = windows[place];
  if (line.heading || window === undefined) return line.note ? `${line.name}, ${line.note}` : line.name;
  return spoken(line, window, line.cells[place], metric, threshold);
}

/** The line and place that an event of the mouse is at. */
function spot(event: MouseEvent): [number, number] | undefined {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
  return cell ? [Number(cell.dataset['row']), Number(cell.dataset['place'])] : undefined;
}

/** Of how many windows one has its name shown, so that the names have room. */
function useEvery(box: { current: HTMLElement | null }, windows: number): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      setWidth(element.clientWidth);
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
    };
  }, [box]);
  const cell = Math.max(11, (width - Math.min(240, Math.max(110, width * 0.25)) - 90) / Math.max(windows, 1));
  return Math.max(1, Math.ceil(LABEL / cell));
}

const LOOK = {
  overflow: 'auto',
  '& .line': { display: 'grid', gap: '1px', gridTemplateColumns: 'var(--columns)', minWidth: 'max-content' },
  '& .head': { position: 'sticky', top: 0, zIndex: 3, bgcolor: 'background.paper', borderBottom: 1, borderColor: 'divider', color: 'text.secondary', fontSize: '0.75rem' },
  '& .head .line': { height: HEAD, alignItems: 'center' },
  '& .head .line > div': { whiteSpace: 'nowrap', overflow: 'visible', minWidth: 0 },
  '& .head .line > :first-of-type': { position: 'sticky', left: 0, zIndex: 1, alignSelf: 'stretch', bgcolor: 'background.paper' },
  '& [role=rowgroup]:not(.head) > .line': { position: 'absolute', insetInline: 0 },
  '& [role=rowheader]': { position: 'sticky', left: 0, zIndex: 2, bgcolor: 'background.paper', overflow: 'hidden', fontSize: '0.8125rem', pl: 2, pr: 1, display: 'flex', alignItems: 'center', cursor: 'pointer', '& > span': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } },
  '& .heading': { gridTemplateColumns: '1fr', '& > div': { fontWeight: 600, gap: 1.5, pl: 1, alignItems: 'end', pb: 0.5, overflow: 'visible', '& > small': { fontWeight: 400, color: 'text.secondary', whiteSpace: 'nowrap' } } },
  '& [role=gridcell]': { borderRadius: '2px', minHeight: 0, cursor: 'pointer', my: '1px' },
  '& .note': { color: 'text.secondary', fontSize: '0.75rem', pl: 1, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis', alignSelf: 'center', cursor: 'default' },
  '& .line:hover [role=rowheader]': { bgcolor: 'action.hover' },
  '&:focus-visible': { outline: 'none' },
  '&:focus-visible [data-at=true]': { outline: '2px solid', outlineColor: 'text.primary', outlineOffset: -1, zIndex: 1 },
} as const;
