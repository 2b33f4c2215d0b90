/** How a dataset has been: what came and was accepted, its age, and what was found, on one axis of time. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { dataset, timeline } from '../../api/dataset';
import { interval } from '../../api/live';
import { Chart } from '../../components/Chart';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { useRange } from '../../components/range';
import { TimeRange } from '../../components/TimeRange';
import { day, hour } from '../../lib/format';
import { zone } from '../../lib/stored';
import { drawn } from './axis';
import { Alerts, Failures, Tables } from './Cards';

const route = getRouteApi('/frame/datasets/$name');

export function Overview() {
  const { name } = route.useParams();
  const { data } = useQuery(dataset(name));
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: { lg: 'minmax(0, 3fr) minmax(0, 2fr)' }, gap: 1.5, alignItems: 'start' }}>
      <Past name={name} gold={data?.layer === 'gold'} />
      <Box sx={{ display: 'grid', gap: 1.5, minWidth: 0 }}>
        {data ? (
          <>
            <Alerts dataset={data} />
            <Failures dataset={data} />
            <Tables dataset={data} />
          </>
        ) : (
          <Loading rows={6} />
        )}
      </Box>
    </Box>
  );
}

function Past({ name, gold }: { name: string; gold: boolean }) {
  const { range, change } = useRange();
  const where = zone.use();
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...timeline(name, range), refetchInterval: interval });
  const charts = useMemo(() => (data ? drawn(data, gold) : []), [data, gold]);
  const hourly = data?.grain === 'hour';
  const write = useMemo(() => (label: string) => (hourly ? hour(label, where) : day(label)), [hourly, where]);
  const nothing = data && !data.simulated && data.rows.every((each) => each === null) && data.table_rows.every((each) => each === null);
  return (
    <Card title="Over time" note={<TimeRange value={range} change={change} />}>
      <Box aria-busy={isPlaceholderData}>
        {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={10} />)}
        {nothing && (
          <EmptyState title="Nothing came in this time" level="h3">
            Choose a longer span, or run its pipeline.
          </EmptyState>
        )}
        {data &&
          charts.map((each) => (
            <Box key={each.title}>
              <Typography variant="h3" sx={{ px: 2, pt: 1 }}>
                {each.title}
                {each.data.unit && (
                  <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
                    , {each.data.unit}
                  </Box>
                )}
              </Typography>
              <Chart title={`${name}: ${each.title}`} summary={each.summary} data={each.data} head={data.grain} write={write} height={130} group={`dataset ${name}`} />
            </Box>
          ))}
        {data?.simulated && (
          <Typography sx={{ px: 2, pb: 1.5, color: 'text.secondary' }}>Its records are simulated, and so are their times: how old they are is not shown.</Typography>
        )}
        {data && (
          <Typography variant="body2" sx={{ px: 2, pb: 1.5, color: 'text.secondary' }}>
            By the {data.grain}, {hourly ? (where === 'UTC' ? 'UTC' : 'your time') : 'UTC'}. A gap: no batch came, or nothing was measured.
          </Typography>
        )}
      </Box>
    </Card>
  );
}
