import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { TONES } from '../lib/color';
import { Chart } from './Chart';
import { csv, said, type Data } from './chartdata';
import { options, reach, seen } from './chartoptions';

const DATA = {
  kind: 'line',
  labels: ['12:00', '13:00', '14:00'],
  series: [{ name: 'score', values: [0.9, null, 0.95] }],
  thresholds: [{ name: 'promised', value: 0.9 }],
} as const satisfies Data;
const EXPECTED: Data = {
  ...DATA,
  band: { name: 'expected', low: [-1, null, 0.5], high: [1, null, 0.75] },
  marks: [{ at: 2, name: 'anomaly', tone: 'warn' }],
};
const INK = { text: '#000', quiet: '#555', line: '#ddd', paper: '#fff', tones: TONES.light };
const plainly = (label: string) => label;

interface Drawn {
  animation: boolean;
  series: { name: string; type: string; data: unknown[]; connectNulls?: boolean; stack?: string; barGap?: string; markLine?: { data: unknown[] } }[];
  tooltip: { formatter: (given: unknown) => string };
  xAxis: { type: string };
}
const drawn = (data: Data) => options(data, INK, plainly, true) as unknown as Drawn;

describe('the options of a chart', () => {
  it('leave gaps and name thresholds', () => {
    const found = drawn(DATA);
    expect(found.animation).toBe(false);
    expect(found.series[0]?.connectNulls).toBe(false);
    expect(found.series[0]?.markLine?.data).toEqual([{ yAxis: 0.9, name: 'promised', label: { formatter: 'promised' } }]);
  });

  it('lay a band between what was expected low and high, with a gap where nothing was', () => {
    const [, low, high] = drawn(EXPECTED).series;
    expect(low?.data).toEqual([-1, null, 0.5]);
    expect(high?.data).toEqual([2, null, 0.25]);
    expect(low?.stack).toBe(high?.stack);
  });

  it('mark what stands out, and nothing beside it', () => {
    const marks = drawn(EXPECTED).series.at(-1);
    expect(marks?.name).toBe('marked');
    expect(marks?.data).toEqual([null, null, expect.objectContaining({ value: 0.95, itemStyle: { color: TONES.light.warn } })]);
  });

  it('lay pairs of bars down, and let a histogram be seen through the other', () => {
    const bars: Data = { kind: 'bar', labels: ['a'], series: [{ name: 'baseline', values: [0.1] }, { name: 'current', values: [0.2] }], shares: true };
    expect(drawn({ ...bars, bars: 'paired' }).xAxis.type).toBe('value');
    expect(drawn({ ...bars, bars: 'histogram' }).series.map(({ barGap }) => barGap)).toEqual(['-100%', '-100%']);
    expect(drawn(bars).tooltip.formatter([{ dataIndex: 0 }])).toBe('a\nbaseline 10%\ncurrent 20%');
  });

  it('reach as far as the thresholds', () => {
    expect(reach(DATA)).toEqual({});
    expect(reach({ ...DATA, thresholds: [{ name: 'high', value: 2 }] })).toEqual({ max: 2.5 });
    expect(reach({ ...DATA, thresholds: [{ name: 'low', value: 0.5 }] })).toEqual({ min: 0 });
    expect(reach({ ...DATA, series: [{ name: 'none', values: [null] }] })).toEqual({});
    expect(reach({ ...DATA, thresholds: [{ name: 'low', value: 0.5 }], ends: [0.5, 1] })).toEqual({ min: 0.5, max: 1 });
  });
});

describe('the data of a chart', () => {
  it('are a table that no spreadsheet runs', () => {
    const data: Data = { ...DATA, labels: ['=HYPERLINK("x")', 'a,b', '\tc'], series: [{ name: '+n', values: [1, null, -2] }] };
    expect(csv(data, 'hour')).toBe('hour,\'+n\r\n"\'=HYPERLINK(""x"")",1\r\n"a,b",\r\n\'\tc,-2\r\n');
  });

  it('have what was expected, and what stands out', () => {
    expect(csv(EXPECTED, 'hour').split('\r\n').slice(0, 4)).toEqual([
      'hour,score,"expected, low","expected, high",marked',
      '12:00,0.9,-1,1,',
      '13:00,,,,',
      '14:00,0.95,0.5,0.75,anomaly',
    ]);
  });

  it('are said with their unit', () => {
    expect(said({ ...DATA, unit: 'MB' }, 2, plainly)).toBe('14:00, score 0.95 MB');
    expect(said(EXPECTED, 2, plainly)).toBe('14:00, score 0.95, expected 0.5 to 0.75, anomaly');
    expect(said({ ...EXPECTED, unit: 'MB' }, 1, plainly)).toBe('13:00, score –');
  });
});

describe('Chart', () => {
  it('can be read as a table', async () => {
    render(<Chart title="Score" summary="It rose." data={DATA} head="hour" />);
    expect(screen.getByRole('img')).toHaveAccessibleName(/Score: It rose./);
    await userEvent.click(screen.getByText('Show as table'));
    expect(screen.getAllByRole('row')).toHaveLength(4);
    expect(screen.getByRole('row', { name: '13:00 –' })).toBeInTheDocument();
  });

  it('says what lines, band and marks stand for', () => {
    render(<Chart title="Score" summary="It rose." data={EXPECTED} head="hour" />);
    for (const name of ['score', 'expected', 'anomaly']) expect(screen.getByText(name)).toBeInTheDocument();
  });
});

it('a value between two gaps is a dot', () => {
  expect(seen([null, 2, null, 3, 4])).toEqual([null, { value: 2, symbol: 'circle', symbolSize: 5 }, null, 3, 4]);
  expect(seen([7])).toEqual([{ value: 7, symbol: 'circle', symbolSize: 5 }]);
});
