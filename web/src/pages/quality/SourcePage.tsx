/** One source: how its score goes on, what it must reach, and all its checks. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { quality, summary } from '../../api/quality';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card, Page } from '../../components/Page';
import { useRange } from '../../components/range';
import { TimeRange } from '../../components/TimeRange';
import { many } from '../../lib/format';
import { AboutCard } from './AboutCard';
import { checkColumns } from './checkcolumns';
import { PartsNow } from './PartsNow';
import { ScoreChart } from './ScoreChart';
import { ThresholdsCard } from './ThresholdsCard';
import { Upload } from './Upload';

const route = getRouteApi('/frame/quality/sources/$source');
const COLUMNS = checkColumns(false);

export function SourcePage() {
  const { source: id } = route.useParams();
  const navigate = useNavigate();
  const { range, change } = useRange();
  const { data, error, refetch } = useQuery({ ...quality(id, range), refetchInterval: interval });
  const { data: all } = useQuery(summary);
  const newest = data?.history.toReversed() ?? [];
  return (
    <Page
      title={data?.source.name ?? 'Source'}
      about={data && [data.source.description, `owned by ${data.source.owner ?? 'nobody'}`, many(data.source.checks, 'check')].filter(Boolean).join(' · ')}
      actions={<TimeRange value={range} change={change} />}
    >
      {!data && <Paper>{error ? <ErrorState error={error} retry={() => void refetch()} what="This source could not be shown" /> : <Loading rows={8} />}</Paper>}
      {data && (
        <Box sx={{ display: 'grid', gap: 1.5 }}>
          <Upload summary={all} only={data.source.name} />
          <Box sx={{ display: 'grid', gridTemplateColumns: { lg: 'minmax(0, 3fr) minmax(0, 2fr)' }, gap: 1.5, alignItems: 'start' }}>
            <Box sx={{ display: 'grid', gap: 1.5, minWidth: 0 }}>
              <ScoreChart quality={data} />
              <Card title="Checks" note={`${many(newest.length, 'check')} in this time`}>
                {newest.length === 0 ? (
                  <EmptyState level="h3" title="Nothing was checked in this time">A longer time shows what was before.</EmptyState>
                ) : (
                  <Box sx={{ overflowX: 'auto' }}>
                    <Box sx={{ minWidth: 590 }}>
                      <DataTable label="Checks" columns={COLUMNS} rows={newest} id={(row) => row.check_id} height={360} open={(row) => void navigate({ to: '/quality/checks/$check', params: { check: row.check_id } })} />
                    </Box>
                  </Box>
                )}
              </Card>
            </Box>
            <Box sx={{ display: 'grid', gap: 1.5, minWidth: 0 }}>
              <PartsNow quality={data} />
              <ThresholdsCard key={data.source.source_id} source={data.source} />
              <AboutCard key={`about ${data.source.source_id}`} source={data.source} />
            </Box>
          </Box>
        </Box>
      )}
    </Page>
  );
}
