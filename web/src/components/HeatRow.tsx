/** One line of a heat map, or the heading of some. Drawn anew only when itself changes: there may be many. */
import { memo } from 'react';
import { PAINT, spoken, step, type Line } from './heatcells';

export interface Frame {
  label: string;
  metric: string;
  windows: readonly string[];
  threshold: number;
}

interface Props {
  frame: Frame;
  line: Line;
  index: number;
  start: number;
  height: number;
  /** Where the cursor is in this line: NAME, a window's place, or undefined when it is in another. */
  at: number | undefined;
}

/** The place of a line's name, left of the first window. */
export const NAME = -1;

/** The id of a cell, by which the grid says where its cursor is. */
export function idOf(label: string, index: number, place: number): string {
  return `${label}-${index}-${place === NAME ? 'name' : place}`;
}

export const HeatRow = memo(function HeatRow({ frame, line, index, start, height, at }: Props) {
  const { label, metric, windows, threshold } = frame;
  const place = { transform: `translateY(${start}px)`, height };
  const name = {
    id: idOf(label, index, NAME),
    role: 'rowheader',
    'aria-selected': at !== undefined && (line.heading ?? at === NAME),
    'data-at': at !== undefined && (line.heading ?? at === NAME),
    'data-row': index,
    'data-place': NAME,
    title: line.name,
  };
  if (line.heading) {
    return (
      <div role="row" aria-rowindex={index + 2} className="line heading" style={place}>
        <div {...name} aria-colspan={windows.length + 2}>
          <span>{line.name}</span>
          {line.note && <small>{line.note}</small>}
        </div>
      </div>
    );
  }
  return (
    <div role="row" aria-rowindex={index + 2} className="line" style={place}>
      <div {...name}>
        <span>{line.name}</span>
      </div>
      {windows.map((window, each) => {
        const painted = step(line.cells[each], threshold);
        return (
          <div
            key={window}
            id={idOf(label, index, each)}
            role="gridcell"
            aria-label={spoken(line, window, line.cells[each], metric, threshold)}
            aria-selected={at === each}
            data-at={at === each}
            data-step={painted}
            data-row={index}
            data-place={each}
            style={{ background: PAINT[painted] }}
          />
        );
      })}
      <div role="gridcell" className="note">
        {line.note}
      </div>
    </div>
  );
});
