/** A map of cells: rows x windows of time. Grey up to the threshold, then three steps of one warm hue; hatched where
 * there is too little data; blank where there is none. One tab stop; arrows, Home and End move. */
import Box from '@mui/material/Box';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent } from 'react';
import { number } from '../lib/format';

export interface Cell {
  score: number | null;
  n: number;
  enough: boolean;
}

export interface Line {
  key: string;
  name: string;
  cells: readonly (Cell | undefined)[];
}

interface Props {
  label: string;
  metric: string;
  windows: readonly string[];
  lines: readonly Line[];
  threshold?: number;
  height?: number;
  open?: (line: Line, window: number) => void;
}

const ROW = 22;

/** A cell as it is read out: "orders.amount, 12 Nov, PSI 0.31, above 0.2, n 4,210". */
export function spoken(line: Line, window: string, cell: Cell | undefined, metric: string, threshold: number): string {
  const head = `${line.name}, ${window}`;
  if (cell?.score == null) return `${head}, no data`;
  const size = `n ${number(cell.n)}`;
  if (!cell.enough) return `${head}, too little data, ${size}`;
  const side = cell.score > threshold ? `above ${number(threshold)}` : `within ${number(threshold)}`;
  return `${head}, ${metric} ${number(cell.score)}, ${side}, ${size}`;
}

/** How a cell is painted: none, few, or a step 0 (within the threshold) to 3. */
export function step(cell: Cell | undefined, threshold: number): 'none' | 'few' | 0 | 1 | 2 | 3 {
  if (cell?.score == null) return 'none';
  if (!cell.enough) return 'few';
  if (cell.score <= threshold) return 0;
  const part = (cell.score - threshold) / Math.max(1 - threshold, 1e-9);
  return part < 1 / 3 ? 1 : part < 2 / 3 ? 2 : 3;
}

const HATCH = 'repeating-linear-gradient(45deg, var(--sq-palette-divider) 0 2px, transparent 2px 5px)';
const WARM = (part: number) => `color-mix(in srgb, var(--sq-palette-tone-warn) ${part}%, var(--sq-palette-background-paper))`;
const PAINT = {
  none: 'transparent',
  few: HATCH,
  0: 'var(--sq-palette-divider)',
  1: WARM(45),
  2: WARM(100),
  3: 'var(--sq-palette-tone-critical)',
} as const;

export function HeatMap({ label, metric, windows, lines, threshold = 0.2, height = 520, open }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [[row, column], setAt] = useState<[number, number]>([0, 0]);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
    initialRect: { width: 800, height },
  });
  const move = (to: [number, number]) => {
    const safe: [number, number] = [
      Math.min(Math.max(to[0], 0), lines.length - 1),
      Math.min(Math.max(to[1], 0), windows.length - 1),
    ];
    setAt(safe);
    virtual.scrollToIndex(safe[0]);
  };
  const press = (event: KeyboardEvent) => {
    const to: Record<string, [number, number]> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? lines.length - 1 : row, windows.length - 1],
      PageDown: [row + 15, column],
      PageUp: [row - 15, column],
    };
    const line = lines[row];
    if (event.key === 'Enter' && line && open) open(line, column);
    const found = to[event.key];
    if (!found) return;
    event.preventDefault();
    move(found);
  };
  const cell = (place: number, window: number) => `${label}-${place}-${window}`;
  const template = `minmax(120px, 220px) repeat(${windows.length}, minmax(10px, 1fr))`;
  return (
    <Box
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={lines.length}
      aria-colcount={windows.length + 1}
      aria-activedescendant={lines.length ? cell(row, column) : undefined}
      tabIndex={0}
      onKeyDown={press}
      sx={{ maxHeight: height, overflow: 'auto', '&:focus-visible [data-at=true]': { outline: '2px solid', outlineColor: 'text.primary', zIndex: 1 } }}
    >
      <Box role="rowgroup" sx={{ position: 'relative', height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          if (!line) return null;
          return (
            <Box
              key={line.key}
              role="row"
              aria-rowindex={index + 1}
              sx={{ position: 'absolute', insetInline: 0, height: ROW, display: 'grid', gap: '1px', gridTemplateColumns: template }}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Box role="rowheader" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontSize: '0.8125rem', pr: 1 }}>
                {line.name}
              </Box>
              {windows.map((window, place) => {
                const found = line.cells[place];
                const painted = step(found, threshold);
                return (
                  // The grid's own keys do what a click does.
                   
                  <Box
                    key={window}
                    id={cell(index, place)}
                    role="gridcell"
                    aria-label={spoken(line, window, found, metric, threshold)}
                    title={spoken(line, window, found, metric, threshold)}
                    aria-selected={index === row && place === column}
                    data-at={index === row && place === column}
                    data-step={painted}
                    onClick={() => {
                      move([index, place]);
                      open?.(line, place);
                    }}
                    style={{ background: PAINT[painted], borderRadius: 2 }}
                  />
                );
              })}
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
