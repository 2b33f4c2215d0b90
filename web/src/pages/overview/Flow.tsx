/** How many records came, by the hour or the day, and how many of them were refused. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { trends, type Grain } from '../../api/dashboard';
import { interval } from '../../api/live';
import { Chart } from '../../components/Chart';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { useRange } from '../../components/range';
import { TimeRange } from '../../components/TimeRange';
import { useNow } from '../../lib/clock';
import { count, hour, share } from '../../lib/format';
import { hours } from '../../lib/range';
import { zone } from '../../lib/stored';

/** More bars than this are told by the day. */
const MOST = 24 * 8;

export function Flow() {
  const { range, change } = useRange();
  const grain: Grain = hours(range, useNow()) > MOST ? 'day' : 'hour';
  return (
    <Card title={grain === 'hour' ? 'Records by the hour' : 'Records by the day'}>
      <Box sx={{ px: 2, pt: 1, pb: 0.5 }}>
        <TimeRange key={JSON.stringify(range)} value={range} change={change} />
      </Box>
      <Drawn from={range.from} to={range.to} grain={grain} />
    </Card>
  );
}

function Drawn({ from, to, grain }: { from: string; to: string; grain: Grain }) {
  const { data: found, error, refetch, isPlaceholderData } = useQuery({ ...trends({ from, to }, grain), refetchInterval: interval });
  const where = zone.use();
  const write = useMemo(() => (label: string) => (grain === 'hour' ? hour(label, where) : day(label)), [grain, where]);
  const data = useMemo(
    () =>
      found && {
        kind: 'bar' as const,
        labels: found.items.map(({ at }) => at),
        series: [
          { name: 'came', values: found.items.map(({ rows }) => rows) },
          { name: 'quarantined', values: found.items.map(({ quarantined }) => quarantined) },
        ],
      },
    [found],
  );
  if (error && !found) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!found || !data) return <Loading rows={5} height={44} />;
  const rows = found.items.reduce((sum, each) => sum + each.rows, 0);
  const refused = found.items.reduce((sum, each) => sum + each.quarantined, 0);
  if (rows === 0) {
    return (
      <EmptyState title="No records came in this time" level="h3">
        Their number will be here, and how many were refused.
      </EmptyState>
    );
  }
  return (
    <Box aria-busy={isPlaceholderData}>
      <Chart title="Records" summary={`${count(rows)} came; ${count(refused)} (${share(refused / rows)}) were quarantined.`} data={data} head={grain} write={write} height={170} />
    </Box>
  );
}

/** A day of the server, which counts them in UTC. */
function day(at: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(at));
}
