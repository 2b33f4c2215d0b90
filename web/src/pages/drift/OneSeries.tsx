/** One series: its points within the band that was expected, what stood out, and what people said of it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { interval } from '../../api/live';
import { kindOf, points as asked, WRITE } from '../../api/monitors';
import { Chart } from '../../components/Chart';
import { Commands } from '../../components/Commands';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { useNow } from '../../lib/clock';
import { hour, many } from '../../lib/format';
import { asked as span, spelled, type Range } from '../../lib/range';
import { zone } from '../../lib/stored';
import { Said } from './Said';
import { dataOf, stretches } from './series';
import { band, State } from './SeriesList';

export function OneSeries({ name, range, back }: { name: string; range: Range; back: () => void }) {
  const { data, error, refetch } = useQuery({ ...asked(name, range), refetchInterval: interval });
  const where = zone.use();
  const now = useNow();
  const write = useMemo(() => (label: string) => hour(label, where), [where]);
  const kind = name.split('/')[0] ?? '';
  const shown = useMemo(() => data && dataOf(kind, data.items), [data, kind]);
  const last = data?.items.at(-1);
  const odd = data?.items.filter(({ verdict }) => verdict === 'anomaly').length ?? 0;
  return (
    <>
      <Button onClick={back} sx={{ mb: 1, ml: -0.75 }}>
        ← All series
      </Button>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'baseline', flexWrap: 'wrap', mb: 1.5 }}>
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        {last && <State of={last.verdict} />}
        {last && (
          <Box component="span" sx={{ color: 'text.secondary' }}>
            last {WRITE[kindOf(kind)](last.value)}, expected {band({ kind, low: last.low, high: last.high })}
          </Box>
        )}
      </Box>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1.7fr) minmax(0, 1fr)' }, alignItems: 'start' }}>
        <Card title="Over time">
          {error && !data && <ErrorState error={error} retry={() => void refetch()} what="This series could not be shown" />}
          {!error && !data && <Loading rows={7} />}
          {data?.items.length === 0 && <EmptyState title="No point in this time" level="h3">A longer span of time may have some.</EmptyState>}
          {data && data.items.length > 0 && shown && (
            <Chart title={name} summary={`${many(data.items.length, 'point')}, ${odd === 0 ? 'none of them an anomaly' : many(odd, 'anomaly', 'anomalies')}.`} data={shown} head="time" write={write} height={280} />
          )}
        </Card>
        <Said name={name} stretches={stretches(data?.items ?? [])} feedback={data?.feedback ?? []} />
      </Box>
      <Commands lines={{ API: `/api/v1/monitors/${name.split('/').map(encodeURIComponent).join('/')}/points?${spelled(span(range, now))}` }} />
    </>
  );
}
