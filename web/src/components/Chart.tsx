/** The one chart: a title, a sentence that says what it shows, a cursor for the keyboard, its table and its data. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useColorScheme } from '@mui/material/styles';
import type { EChartsType } from 'echarts/core';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { GROUND, TONES } from '../lib/color';
import { number } from '../lib/format';
import { csv, options, type Data } from './chartoptions';

interface Props {
  title: string;
  /** What the chart shows, in a sentence: it stands for the picture where that is not seen. */
  summary: string;
  data: Data;
  head: string;
  write?: (label: string) => string;
  height?: number;
}

const COLOURS = ['unknown', 'warn', 'info'] as const;
const plainly = (label: string) => label;

export function Chart({ title, summary, data, head, write = plainly, height = 220 }: Props) {
  const [table, setTable] = useState(false);
  return (
    <Box component="figure" sx={{ m: 0, px: 2, pb: 1.5 }}>
      <Box component="figcaption" sx={{ display: 'flex', gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Box component="span" sx={{ color: 'text.secondary', flex: 1, minWidth: 200 }}>
          {summary}
        </Box>
        <Button
          aria-pressed={table}
          onClick={() => {
            setTable(!table);
          }}
        >
          {table ? 'Show as chart' : 'Show as table'}
        </Button>
        <Button
          onClick={() => {
            save(`${title}.csv`, csv(data, head));
          }}
        >
          Download CSV
        </Button>
      </Box>
      {table ? (
        <Table title={title} data={data} head={head} write={write} height={height} />
      ) : (
        <Picture title={title} summary={summary} data={data} write={write} height={height} />
      )}
    </Box>
  );
}

function Picture({ title, summary, data, write, height }: Required<Omit<Props, 'head'>>) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const [at, setAt] = useState<number>();
  const { mode, systemMode } = useColorScheme();
  const scheme = (mode === 'system' ? systemMode : mode) ?? 'light';

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let over = false;
    let watch: ResizeObserver | undefined;
    void import('./canvas').then(({ init }) => {
      if (over) return;
      const made = init(element);
      chart.current = made;
      const ground = GROUND[scheme];
      const ink = { text: ground.text, quiet: ground.quiet, line: ground.line, series: COLOURS.map((tone) => TONES[scheme][tone]) };
      made.setOption(options(data, ink, write, matchMedia('(prefers-reduced-motion: reduce)').matches));
      watch = new ResizeObserver(() => {
        made.resize();
      });
      watch.observe(element);
    });
    return () => {
      over = true;
      watch?.disconnect();
      chart.current?.dispose();
      chart.current = undefined;
    };
  }, [data, scheme, write]);

  const press = (event: KeyboardEvent) => {
    const last = data.labels.length - 1;
    const to: Record<string, number> = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? last + 1) - 1, Home: 0, End: last };
    const found = to[event.key];
    if (found === undefined) return;
    event.preventDefault();
    const safe = Math.min(Math.max(found, 0), last);
    setAt(safe);
    chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: safe });
  };
  return (
    <>
      {/* A picture that arrows walk along: what they come to is said below. */}
      { }
      <Box
        ref={box}
        role="img"
        aria-label={`${title}: ${summary} Arrow keys read its values.`}
        tabIndex={0}
        onKeyDown={press}
        sx={{ height, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main' } }}
      />
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', fontSize: '0.8125rem', color: 'text.secondary' }}>
        {data.series.length > 1 &&
          data.series.map(({ name }, place) => (
            <Box key={name} component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
              <Box component="span" aria-hidden sx={{ width: 10, height: 10, borderRadius: '2px', bgcolor: `var(--sq-palette-tone-${COLOURS[place] ?? 'unknown'})` }} />
              {name}
            </Box>
          ))}
        <Box role="status" sx={{ minHeight: 20 }}>
          {at !== undefined && said(data, at, write)}
        </Box>
      </Box>
    </>
  );
}

/** One place of a chart in words. */
export function said(data: Data, at: number, write: (label: string) => string): string {
  const values = data.series.map(({ name, values }) => `${name} ${number(values[at])}${data.unit ? ` ${data.unit}` : ''}`);
  return [write(data.labels[at] ?? ''), ...values].join(', ');
}

function Table({ title, data, head, write, height }: Required<Omit<Props, 'summary'>>) {
  return (
    // What scrolls has to be reached by the keyboard.
     
    <Box role="region" aria-label={title} tabIndex={0} sx={{ height: height + 20, overflow: 'auto' }}>
      <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', '& th, & td': { p: 0.5, textAlign: 'right', borderBottom: 1, borderColor: 'divider' }, '& th:first-of-type': { textAlign: 'left' } }}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {data.series.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.labels.map((label, place) => (
            <tr key={label}>
              <th scope="row">{write(label)}</th>
              {data.series.map(({ name, values }) => (
                <td key={name}>{number(values[place])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  );
}

function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name.replaceAll(/[^\w.-]+/g, '-').toLowerCase();
  link.click();
  URL.revokeObjectURL(link.href);
}
