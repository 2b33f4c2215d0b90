/** The score of a source from upload to upload, against what it must reach. */
import { useMemo } from 'react';
import type { Quality, Thresholds } from '../../api/quality';
import { Chart } from '../../components/Chart';
import type { Mark } from '../../components/chartdata';
import { EmptyState } from '../../components/EmptyState';
import { Card } from '../../components/Page';
import { hour, score } from '../../lib/format';
import { zone } from '../../lib/stored';
import { floor } from './points';

export function ScoreChart({ quality: { history, source, trend } }: { quality: Quality }) {
  const where = zone.use();
  const write = useMemo(() => (label: string) => hour(label, where), [where]);
  const data = useMemo(() => {
    const { score: least, critical } = source.thresholds;
    const over = history.filter(({ status }) => status === 'done' || status === 'failed');
    const lowest = over.reduce((found, { score: value }) => Math.min(found, value ?? 1), 1);
    return {
      kind: 'line' as const,
      labels: over.map(({ created_at: at }) => at),
      series: [{ name: 'score', values: over.map(({ score: value }) => value) }],
      thresholds: [
        { name: 'threshold', value: least },
        ...(lowest < least ? [{ name: 'critical', value: critical }] : []),
      ],
      ends: [floor(Math.min(lowest, least)), 1] as const,
      marks: over.flatMap(({ score: value }, at) => mark(value, at, source.thresholds)),
    };
  }, [history, source]);
  return (
    <Card title="Score over time">
      {data.labels.length < 2 ? (
        <EmptyState level="h3" title={data.labels.length === 0 ? 'No upload in this time' : 'One upload so far'}>{data.labels.length === 1 && 'The second one makes a line.'}</EmptyState>
      ) : (
        <Chart title={`Score of ${source.name}`} summary={told(trend)} data={data} head="upload" write={write} height={220} />
      )}
    </Card>
  );
}

/** How an upload stands out that is below what it has to reach. */
function mark(value: number | null, at: number, { score: least, critical }: Thresholds): Mark[] {
  if (value === null || value >= least) return [];
  return [value < critical ? { at, name: 'critical', tone: 'critical' } : { at, name: 'below', tone: 'warn' }];
}

function told({ checks, mean, change, slope }: Quality['trend']): string {
  const last = Math.min(checks, 10);
  const parts = [`Mean of the last ${last}: ${score(mean)}`];
  if (change !== null) parts.push(change === 0 ? 'the same as before' : `${change > 0 ? '+' : '−'}${score(Math.abs(change))} against the one before`);
  if (slope !== null && checks > 2) parts.push(Math.abs(slope) < 0.0005 ? 'steady' : `${slope > 0 ? 'rising' : 'falling'} by ${score(Math.abs(slope))} an upload`);
  return `${parts.join('; ')}.`;
}
