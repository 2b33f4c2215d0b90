/** When the records came that are in quarantine. */
import { useMemo } from 'react';
import type { Arrived } from '../../api/quarantine';
import { Chart } from '../../components/Chart';
import { count, hour, many } from '../../lib/format';
import { zone } from '../../lib/stored';
import { series, type Grain } from './spans';

interface Props {
  dataset: string;
  check: string | undefined;
  items: readonly Arrived[];
  at: readonly number[];
  grain: Grain;
  held: number;
}

export function Arrivals({ dataset, check, items, at, grain, held }: Props) {
  const where = zone.use();
  const write = useMemo(() => (label: string) => (grain === 'day' ? label.slice(0, 10) : hour(label, where)), [where, grain]);
  const data = useMemo(
    () => ({
      kind: 'bar' as const,
      labels: at.map((each) => new Date(each).toISOString()),
      series: [{ name: 'records', values: series(items, check ?? null, at) }],
    }),
    [items, check, at],
  );
  const came = data.series[0]?.values.reduce((sum, value) => sum + value, 0) ?? 0;
  return (
    <Chart
      title={`Quarantine of ${dataset}${check ? `, ${check}` : ''}`}
      summary={`${count(came)} of ${many(held, 'record')} came in this time, by the ${grain}.`}
      data={data}
      head={grain}
      write={write}
      height={150}
    />
  );
}
