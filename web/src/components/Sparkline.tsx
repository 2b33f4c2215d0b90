/** A small line of values over time, drawn as SVG. A gap (null) stays a gap; the sentence says what the line shows. */
import Box from '@mui/material/Box';
import { number } from '../lib/format';

interface Props {
  values: readonly (number | null)[];
  label: string;
  width?: number;
  height?: number;
}

const EDGE = 2;

/** The path of a line, in pixels: begun anew after each gap. */
export function path(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return '';
  const low = Math.min(...known);
  const reach = Math.max(...known) - low;
  const step = values.length > 1 ? (width - 2 * EDGE) / (values.length - 1) : 0;
  let pen = 'M';
  return values
    .map((value, place) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const part = reach === 0 ? 0.5 : (value - low) / reach;
      const point = `${pen}${(EDGE + place * step).toFixed(1)} ${(height - EDGE - part * (height - 2 * EDGE)).toFixed(1)}`;
      const alone = pen === 'M' && (values[place + 1] ?? null) === null;
      pen = 'L';
      return alone ? `${point}h0` : point; // a round end makes a dot of it
    })
    .join('');
}

/** The line in words: from what to what, and between which bounds. */
export function describe(values: readonly (number | null)[], label: string): string {
  const known = values.filter((value): value is number => value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return `${label}: no values`;
  const bounds = `between ${number(Math.min(...known))} and ${number(Math.max(...known))}`;
  return `${label}: from ${number(first)} to ${number(last)}, ${bounds}, ${known.length} values`;
}

export function Sparkline({ values, label, width = 96, height = 24 }: Props) {
  const text = describe(values, label);
  return (
    <Box
      component="svg"
      role="img"
      aria-label={text}
      viewBox={`0 0 ${width} ${height}`}
      sx={{ width, height, color: 'text.secondary', flex: 'none' }}
    >
      <title>{text}</title>
      <path d={path(values, width, height)} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" />
    </Box>
  );
}
