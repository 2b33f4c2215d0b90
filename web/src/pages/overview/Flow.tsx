/** How many records came by the hour, and how many of them were refused. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { flow } from '../../api/datasets';
import { Chart } from '../../components/Chart';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { count, hour } from '../../lib/format';
import { zone } from '../../lib/stored';

const DAYS = 2;

export function Flow({ dataset }: { dataset: string | undefined }) {
  return (
    <Card title={dataset ? `Records of ${dataset}, by the hour` : 'Records by the hour'}>
      {dataset ? (
        <Drawn dataset={dataset} />
      ) : (
        <EmptyState title="No records came in the last 24 hours" level="h3">
          Their number by the hour will be here, and how many were refused.
        </EmptyState>
      )}
    </Card>
  );
}

const HOUR = 3_600_000;

interface Hour {
  at: string;
  rows: number;
  quarantined: number;
}

/** So many hours up to the newest known one, each of them: an hour in which nothing came is a zero, not a gap. */
export function filled(known: readonly Hour[], hours: number): Hour[] {
  const by = new Map(known.map((each) => [Date.parse(each.at), each]));
  const last = Math.max(...by.keys());
  if (by.size === 0) return [];
  return Array.from({ length: hours }, (_, place) => {
    const at = last - (hours - 1 - place) * HOUR;
    return by.get(at) ?? { at: new Date(at).toISOString(), rows: 0, quarantined: 0 };
  });
}

function Drawn({ dataset }: { dataset: string }) {
  const { data: found, error, refetch } = useQuery(flow(dataset, DAYS));
  const where = zone.use();
  const write = useMemo(() => (label: string) => hour(label, where), [where]);
  const data = useMemo(() => {
    if (!found) return undefined;
    const hours = filled(found.items, DAYS * 24);
    return {
      kind: 'bar' as const,
      labels: hours.map(({ at }) => at),
      series: [
        { name: 'came', values: hours.map(({ rows }) => rows) },
        { name: 'quarantined', values: hours.map(({ quarantined }) => quarantined) },
      ],
    };
  }, [found]);
  if (error && !found) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!found || !data) return <Loading rows={5} />;
  const rows = found.items.reduce((sum, each) => sum + each.rows, 0);
  const refused = found.items.reduce((sum, each) => sum + each.quarantined, 0);
  return (
    <Chart
      title={`Records of ${dataset}`}
      summary={`${count(rows)} came in ${DAYS} days; ${count(refused)} were quarantined.`}
      data={data}
      head="hour"
      write={write}
      height={200}
    />
  );
}
