/** A chart as a picture: drawn on a canvas, walked along by the arrow keys, what they come to said below. */
import Box from '@mui/material/Box';
import { useColorScheme } from '@mui/material/styles';
import type { EChartsType } from 'echarts/core';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { GROUND, TONES, type Scheme } from '../lib/color';
import { said, type Data } from './chartdata';
import { options } from './chartoptions';
import { Legend } from './Legend';

interface Props {
  title: string;
  summary: string;
  data: Data;
  write: (label: string) => string;
  height: number;
  group?: string | undefined;
}

export function Picture({ title, summary, data, write, height, group }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType>();
  const [at, setAt] = useState<number>();
  const { mode, systemMode } = useColorScheme();
  const scheme = (mode === 'system' ? systemMode : mode) ?? 'light';

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let made: EChartsType | undefined;
    let over = false;
    const watch = new ResizeObserver(() => made?.resize());
    void import('./canvas').then(({ connect, init }) => {
      if (over) return;
      made = init(element);
      if (group !== undefined) {
        made.group = group;
        connect(group);
      }
      watch.observe(element);
      setChart(made);
    });
    return () => {
      over = true;
      watch.disconnect();
      made?.dispose();
      setChart(undefined);
    };
  }, [group]);

  useEffect(() => {
    if (!chart || chart.isDisposed()) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.setOption(options(data, ink(scheme), write, still), { notMerge: true });
  }, [chart, data, scheme, write]);

  const press = (event: KeyboardEvent) => {
    const last = data.labels.length - 1;
    const [on, back] = data.bars === 'paired' ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft'];
    const to: Record<string, number> = { [on]: (at ?? -1) + 1, [back]: (at ?? last + 1) - 1, Home: 0, End: last };
    const found = to[event.key];
    if (found === undefined) return;
    event.preventDefault();
    const safe = Math.min(Math.max(found, 0), last);
    setAt(safe);
    chart?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: safe });
  };
  return (
    <>
      <Box
        ref={box}
        role="img"
        aria-label={`${title}: ${summary} Arrow keys read its values.`}
        tabIndex={0}
        onKeyDown={press}
        sx={{ height, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main' } }}
      />
      <Box sx={{ display: 'flex', columnGap: 2, flexWrap: 'wrap', fontSize: '0.8125rem', color: 'text.secondary' }}>
        <Legend data={data} />
        <Box role="status" sx={{ minHeight: 20 }}>
          {at !== undefined && at < data.labels.length && said(data, at, write)}
        </Box>
      </Box>
    </>
  );
}

function ink(scheme: Scheme) {
  const { text, quiet, line, paper } = GROUND[scheme];
  return { text, quiet, line, paper, tones: TONES[scheme] };
}
