/** What a column scored in every window that was looked at, against the levels of severity. */
import { useMemo } from 'react';
import type { ColumnDrift } from '../../api/drift';
import { Chart } from '../../components/Chart';
import type { Data, Mark } from '../../components/chartdata';
import { EmptyState } from '../../components/EmptyState';
import { hour, many, number } from '../../lib/format';
import { zone } from '../../lib/stored';

export function History({ of }: { of: ColumnDrift }) {
  const where = zone.use();
  const write = useMemo(() => (label: string) => hour(label, where), [where]);
  const data = useMemo(() => dataOf(of), [of]);
  if (of.history.length === 0) {
    return (
      <EmptyState title="No look at this column is kept" level="h3">
        A look is kept whenever <code>sentinel drift</code>, or a running server, compares the newest window.
      </EmptyState>
    );
  }
  const drifted = of.history.filter((look) => look.score !== null && look.score >= (of.levels['INFO'] ?? 0.25)).length;
  const last = of.history.at(-1);
  return (
    <Chart
      title={`Drift of ${of.dataset} ${of.column}`}
      summary={`It drifted in ${many(drifted, 'window')} of ${of.history.length}; last it scored ${number(last?.score)}. Each point is a window, by its end.`}
      data={data}
      head="window's end"
      write={write}
      height={200}
    />
  );
}

const NAMES: Record<string, string> = { INFO: 'info', WARNING: 'warning', CRITICAL: 'critical' };

export function dataOf({ history, levels }: Pick<ColumnDrift, 'history' | 'levels'>): Data {
  const of = (score: number): Omit<Mark, 'at'> | undefined => {
    if (score >= (levels['CRITICAL'] ?? 2)) return { name: 'critical', tone: 'critical' };
    if (score >= (levels['WARNING'] ?? 2)) return { name: 'warning', tone: 'warn' };
    return score >= (levels['INFO'] ?? 2) ? { name: 'info', tone: 'info' } : undefined;
  };
  return {
    kind: 'line',
    labels: history.map(({ end }) => end),
    series: [{ name: 'score', values: history.map(({ score }) => score) }],
    thresholds: Object.entries(levels).map(([name, value]) => ({ name: NAMES[name] ?? name, value })),
    marks: history.flatMap(({ score }, at) => {
      const mark = score === null ? undefined : of(score);
      return mark ? [{ ...mark, at }] : [];
    }),
  };
}
