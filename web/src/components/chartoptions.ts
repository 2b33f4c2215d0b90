/** What a chart of lines or bars looks like, as ECharts is told; pure, so that it can be tested without a canvas. */
import type { EChartsCoreOption } from 'echarts/core';

export interface Series {
  name: string;
  values: readonly (number | null)[];
  dashed?: boolean;
}

export interface Threshold {
  name: string;
  value: number;
}

export interface Data {
  kind: 'line' | 'bar';
  /** What stands on the horizontal axis: moments (ISO 8601) for a line over time, names for bars. */
  labels: readonly string[];
  series: readonly Series[];
  thresholds?: readonly Threshold[];
  unit?: string;
}

export interface Ink {
  text: string;
  quiet: string;
  line: string;
  series: readonly string[];
}

/** Bars begin at zero; gaps stay gaps; thresholds are thin named lines; the grid is light and horizontal. */
export function options(data: Data, ink: Ink, write: (label: string) => string, still: boolean): EChartsCoreOption {
  const marks = (data.thresholds ?? []).map(({ name, value }) => ({ yAxis: value, name, label: { formatter: name } }));
  return {
    animation: !still,
    animationDuration: 120,
    color: [...ink.series],
    aria: { enabled: true },
    grid: { left: 8, right: 12, top: 12, bottom: 8, containLabel: true },
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'line' }, confine: true },
    xAxis: {
      type: 'category',
      data: data.labels.map(write),
      axisLine: { lineStyle: { color: ink.line } },
      axisTick: { show: false },
      axisLabel: { color: ink.quiet, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      scale: data.kind === 'line',
      axisLabel: { color: ink.quiet },
      splitLine: { lineStyle: { color: ink.line } },
    },
    series: data.series.map((each, place) => ({
      name: each.name,
      type: data.kind,
      data: [...each.values],
      showSymbol: false,
      connectNulls: false,
      sampling: data.kind === 'line' ? 'lttb' : undefined,
      barGap: '-100%',
      barMaxWidth: 24,
      lineStyle: { width: 1.5, type: each.dashed ? 'dashed' : 'solid' },
      ...(place === 0 && marks.length > 0
        ? { markLine: { symbol: 'none', silent: true, lineStyle: { color: ink.quiet, width: 1, type: 'dashed' }, label: { color: ink.quiet, position: 'insideEndTop' }, data: marks } }
        : {}),
    })),
  };
}

/** A table of comma-separated values. A text that a spreadsheet would run as a formula is kept from it by a quote. */
export function csv({ labels, series }: Data, head: string): string {
  const cell = (value: string | number | null) => {
    if (value === null) return '';
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = labels.map((label, place) => [label, ...series.map((each) => each.values[place] ?? null)]);
  return [[head, ...series.map((each) => each.name)], ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
