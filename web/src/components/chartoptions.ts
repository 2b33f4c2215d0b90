/** What a chart of lines or bars looks like, as ECharts is told; pure, so that it can be tested without a canvas. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Tone } from '../lib/color';
import { facts, figure, type Band, type Data, type Mark } from './chartdata';

export interface Ink {
  text: string;
  quiet: string;
  line: string;
  paper: string;
  tones: Record<Tone, string>;
}

/** The colours of the series in their order, by name: lines begin with the colour of quiet text, bars with grey. */
export const COLOURS = {
  line: ['quiet', 'warn', 'info', 'ok', 'critical'],
  bar: ['unknown', 'warn', 'info', 'ok', 'critical'],
} as const;

/** How an outstanding place is drawn, by its tone: as `Mark` draws it beside a word. */
const SHAPES: Record<Tone, string> = {
  critical: 'path://M3.5.5h5l3 3v5l-3 3h-5l-3-3v-5Z',
  warn: 'path://M6 1 11.5 11H.5Z',
  info: 'circle',
  ok: 'circle',
  unknown: 'emptyCircle',
};

const LONG = 400; // points from which on a line is thinned out
const MARK = 10;

/** The colour of a series. */
export function colour({ kind }: Pick<Data, 'kind'>, place: number, ink: Pick<Ink, 'quiet' | 'tones'>): string {
  const name = COLOURS[kind][place % COLOURS[kind].length] ?? 'unknown';
  return name === 'quiet' ? ink.quiet : ink.tones[name];
}

/** Bars begin at zero; gaps stay gaps; thresholds are thin named lines; the grid is light and along the values. */
export function options(data: Data, ink: Ink, write: (label: string) => string, still: boolean): EChartsCoreOption {
  const lying = data.bars === 'paired';
  const places = {
    type: 'category',
    data: data.labels.map(write),
    inverse: lying,
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: { color: lying ? ink.text : ink.quiet, hideOverlap: true, ...(lying ? { width: 150, overflow: 'truncate', interval: 0 } : {}) },
  };
  const values = {
    type: 'value',
    scale: data.kind === 'line',
    ...reach(data),
    axisLabel: { color: ink.quiet, hideOverlap: true, showMaxLabel: reach(data).max === undefined ? null : false, formatter: (value: number) => figure(data, value) },
    splitLine: { lineStyle: { color: ink.line } },
    ...(data.gutter === undefined ? {} : { splitNumber: 3 }), // low charts under one another
  };
  return {
    animation: !still,
    animationDuration: 120,
    grid: data.gutter === undefined ? { left: 8, right: 16, top: 16, bottom: 8, containLabel: true } : { left: data.gutter, right: 16, top: 12, bottom: 22 },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      axisPointer: { type: data.kind === 'line' ? 'line' : 'shadow', shadowStyle: { color: ink.line, opacity: 0.4 } },
      confine: true,
      backgroundColor: ink.paper,
      borderColor: ink.line,
      borderWidth: 1,
      padding: [6, 10],
      textStyle: { color: ink.text, fontSize: 12, lineHeight: 18 },
      formatter: (given: unknown) => told(data, given, write),
    },
    xAxis: lying ? values : places,
    yAxis: lying ? places : values,
    series: [
      ...data.series.map((_, place) => drawn(data, place, ink)),
      ...(data.band ? band(data.band, ink) : []),
      ...(data.marks && data.marks.length > 0 ? [outstanding(data, data.marks, ink)] : []),
    ],
  };
}

/** What is shown where one points at, a line for each fact. */
function told(data: Data, given: unknown, write: (label: string) => string): string {
  const first: unknown = Array.isArray(given) ? given[0] : given;
  const at = typeof first === 'object' && first !== null && 'dataIndex' in first ? Number(first.dataIndex) : -1;
  return at < 0 ? '' : [write(data.labels[at] ?? ''), ...facts(data, at)].join('\n');
}

/** How far the axis of values must reach so that the thresholds are seen, where the values alone do not get there. */
export function reach({ kind, series, band, thresholds = [], ends }: Data): { min?: number; max?: number } {
  if (ends) return { min: ends[0], max: ends[1] };
  const known = [...series.flatMap(({ values }) => values), ...(band?.low ?? []), ...(band?.high ?? [])].filter((value) => value !== null);
  if (thresholds.length === 0 || known.length === 0) return {};
  const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const lowest = Math.min(...thresholds.map(({ value }) => value));
  const highest = Math.max(...thresholds.map(({ value }) => value));
  return {
    ...(highest > high ? { max: upTo(highest * 1.04) } : {}),
    ...(kind === 'line' && lowest < low ? { min: Math.min(0, lowest) } : {}),
  };
}

/** The next number above that an axis may end at: half a step of its first digit. */
function upTo(value: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.abs(value) || 1)) / 2;
  return Number((Math.ceil(value / step) * step).toPrecision(4));
}

function drawn(data: Data, place: number, ink: Ink): object {
  const each = data.series[place];
  const tint = colour(data, place, ink);
  const histogram = data.bars === 'histogram';
  const bar = histogram
    ? { barGap: '-100%', barCategoryGap: '0%', itemStyle: { color: tint, opacity: place === 0 ? 0.55 : 0.4, borderColor: tint, borderWidth: place === 0 ? 0 : 1.5 } }
    : { barGap: data.bars === 'paired' ? '10%' : '-100%', barCategoryGap: '30%', barMaxWidth: 24, itemStyle: { color: tint } };
  const line = { showSymbol: true, symbol: 'none', connectNulls: false, lineStyle: { width: 1.5, color: tint, type: each?.dashed ? 'dashed' : 'solid' }, itemStyle: { color: tint }, z: 3 };
  return {
    name: each?.name,
    type: data.kind,
    data: data.kind === 'line' ? seen(each?.values ?? []) : [...(each?.values ?? [])],
    ...(data.kind === 'line' ? line : bar),
    ...(data.kind === 'line' && data.labels.length > LONG && !data.marks ? { sampling: 'lttb' } : {}),
    ...(place === 0 ? lines(data, ink) : {}),
  };
}

/** The values of a line; one between two gaps, of which no line would be seen, is a dot. */
export function seen(values: readonly (number | null)[]): (number | null | { value: number; symbol: string; symbolSize: number })[] {
  return values.map((value, place) => {
    const alone = value !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;
    return alone ? { value, symbol: 'circle', symbolSize: 5 } : value;
  });
}

function lines({ thresholds = [], bars }: Data, ink: Ink): object {
  if (thresholds.length === 0) return {};
  const axis = bars === 'paired' ? 'xAxis' : 'yAxis';
  return {
    markLine: {
      symbol: 'none',
      silent: true,
      animation: false,
      lineStyle: { color: ink.quiet, width: 1, type: 'dashed' },
      label: { color: ink.quiet, position: 'insideEndTop' },
      data: thresholds.map(({ name, value }) => ({ [axis]: value, name, label: { formatter: name } })),
    },
  };
}

/** A band is two lines that are not seen, the second upon the first, and the ground between them. */
function band({ name, low, high }: Band, ink: Ink): object[] {
  const height = high.map((value, at) => {
    const from = low[at];
    return value == null || from == null ? null : value - from;
  });
  const common = { type: 'line', stack: name, stackStrategy: 'all', silent: true, showSymbol: false, symbol: 'none', lineStyle: { opacity: 0 }, z: 1 };
  return [
    { ...common, name: `${name}, low`, data: low.map((value, at) => (height[at] == null ? null : value)) },
    { ...common, name: `${name}, high`, data: height, areaStyle: { color: ink.tones.unknown, opacity: 0.2 } },
  ];
}

function outstanding({ labels, series }: Data, marks: readonly Mark[], ink: Ink): object {
  const by = new Map(marks.map((mark) => [mark.at, mark]));
  return {
    name: 'marked',
    type: 'line',
    lineStyle: { opacity: 0 },
    showSymbol: true,
    symbol: 'none',
    z: 4,
    data: labels.map((_, at) => {
      const mark = by.get(at);
      const value = series[0]?.values[at];
      if (!mark || value == null) return null;
      return { value, symbol: SHAPES[mark.tone], symbolSize: MARK, itemStyle: { color: ink.tones[mark.tone] } };
    }),
  };
}
