import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { csv, options } from './chartoptions';
import { Chart, said } from './Chart';
import { EmptyState } from './EmptyState';
import { ErrorState } from './ErrorState';
import { Severity } from './Status';
import { TimeRange } from './TimeRange';

const DATA = {
  kind: 'line' as const,
  labels: ['12:00', '13:00', '14:00'],
  series: [{ name: 'score', values: [0.9, null, 0.95] }],
  thresholds: [{ name: 'promised', value: 0.9 }],
};
const INK = { text: '#000', quiet: '#555', line: '#ddd', series: ['#123456'] };

describe('Severity', () => {
  it('is shape, word and colour', () => {
    const { container } = render(<Severity of="CRITICAL" />);
    expect(screen.getByText('Critical')).toBeInTheDocument();
    expect(container.querySelector('svg')).toHaveAttribute('data-tone', 'critical');
  });

  it('shows a name that it does not know as unknown, never as good', () => {
    const { container } = render(<Severity of="STRANGE" />);
    expect(container.querySelector('svg')).toHaveAttribute('data-tone', 'unknown');
  });
});

describe('ErrorState', () => {
  it('says what, why, what next, and gives the id', async () => {
    const retry = vi.fn();
    const problem = { type: 'about:blank', title: 'Internal Server Error', status: 500, detail: 'a fault', hint: 'try later', instance: 'urn:uuid:7', errors: [] };
    const user = userEvent.setup();
    render(<ErrorState error={new ApiError(problem)} retry={retry} />);
    expect(screen.getByRole('alert')).toHaveTextContent('a faulttry later');
    await user.click(screen.getByText('Copy the id'));
    expect(await navigator.clipboard.readText()).toBe('urn:uuid:7');
    await user.click(screen.getByText('Try again'));
    expect(retry).toHaveBeenCalledOnce();
  });
});

describe('EmptyState', () => {
  it('has a heading of the level that its place asks for', () => {
    render(<EmptyState title="Nothing" level="h3" />);
    expect(screen.getByRole('heading', { level: 3 })).toHaveTextContent('Nothing');
  });
});

describe('TimeRange', () => {
  it('takes two ends, and says what is wrong with them', async () => {
    const change = vi.fn();
    render(<TimeRange value={{ from: 'now-7d', to: 'now' }} change={change} />);
    await userEvent.selectOptions(screen.getByLabelText('Time'), 'From … to …');
    await userEvent.clear(screen.getByLabelText('From'));
    await userEvent.type(screen.getByLabelText('From'), 'soon');
    await userEvent.click(screen.getByText('Show'));
    expect(screen.getByText(/"soon" is no time/)).toBeInTheDocument();
    await userEvent.clear(screen.getByLabelText('From'));
    await userEvent.type(screen.getByLabelText('From'), 'now-3d');
    await userEvent.click(screen.getByText('Show'));
    expect(change).toHaveBeenCalledExactlyOnceWith({ from: 'now-3d', to: 'now' });
  });
});

describe('Chart', () => {
  it('leaves gaps and names thresholds', () => {
    const found = options(DATA, INK, (label) => label, true) as { animation: boolean; series: { connectNulls: boolean; markLine: { data: unknown[] } }[] };
    expect(found.animation).toBe(false);
    expect(found.series[0]?.connectNulls).toBe(false);
    expect(found.series[0]?.markLine.data).toEqual([{ yAxis: 0.9, name: 'promised', label: { formatter: 'promised' } }]);
  });

  it('gives its data as a table that no spreadsheet runs', () => {
    const data = { ...DATA, labels: ['=HYPERLINK("x")', 'a,b', '\tc'], series: [{ name: '+n', values: [1, null, -2] }] };
    expect(csv(data, 'hour')).toBe('hour,\'+n\r\n"\'=HYPERLINK(""x"")",1\r\n"a,b",\r\n\'\tc,-2\r\n');
  });

  it('can be read as a table', async () => {
    render(<Chart title="Score" summary="It rose." data={DATA} head="hour" />);
    expect(screen.getByRole('img')).toHaveAccessibleName(/Score: It rose./);
    await userEvent.click(screen.getByText('Show as table'));
    expect(screen.getAllByRole('row')).toHaveLength(4);
    expect(screen.getByRole('row', { name: '13:00 –' })).toBeInTheDocument();
  });

  it('says each value with its unit', () => {
    expect(said({ ...DATA, unit: 'MB' }, 2, (label) => label)).toBe('14:00, score 0.95 MB');
  });
});
