/** What the lines, bars, band and marks of a chart stand for; a single series needs no such word. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { Tone } from '../lib/color';
import type { Data } from './chartdata';
import { COLOURS } from './chartoptions';
import { Mark } from './Status';

export function Legend({ data }: { data: Data }) {
  const several = data.series.length > 1 || data.band !== undefined;
  const marks = new Map<string, Tone>(data.marks?.map(({ name, tone }) => [name, tone]));
  return (
    <>
      {several &&
        data.series.map(({ name }, place) => (
          <Entry key={name} name={name}>
            <Swatch line={data.kind === 'line'} color={variable(data, place)} />
          </Entry>
        ))}
      {data.band && (
        <Entry name={data.band.name}>
          <Swatch line={false} color="color-mix(in srgb, var(--sq-palette-tone-unknown) 25%, transparent)" />
        </Entry>
      )}
      {[...marks].map(([name, tone]) => (
        <Entry key={name} name={name}>
          <Mark tone={tone} size={10} />
        </Entry>
      ))}
    </>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
      {children}
      {name}
    </Box>
  );
}

function Swatch({ line, color }: { line: boolean; color: string }) {
  return <Box component="span" aria-hidden sx={{ width: line ? 14 : 10, height: line ? 2 : 10, borderRadius: line ? 0 : '2px', flex: 'none' }} style={{ background: color }} />;
}

function variable({ kind }: Data, place: number): string {
  const name = COLOURS[kind][place % COLOURS[kind].length] ?? 'unknown';
  return name === 'quiet' ? 'var(--sq-palette-text-secondary)' : `var(--sq-palette-tone-${name})`;
}
