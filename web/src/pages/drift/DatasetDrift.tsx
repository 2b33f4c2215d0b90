/** One dataset in two windows: which columns moved, what else did, and each over time. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { compared, matrix, type Compared, type Windows } from '../../api/drift';
import { interval } from '../../api/live';
import { Commands } from '../../components/Commands';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { HeatMap } from '../../components/HeatMap';
import { Loading } from '../../components/Loading';
import { Card, Page } from '../../components/Page';
import { useRange } from '../../components/range';
import { TextLink } from '../../components/TextLink';
import { TimeRange } from '../../components/TimeRange';
import { day, hour, many } from '../../lib/format';
import type { Range } from '../../lib/range';
import { zone } from '../../lib/stored';
import { Choose } from './Choose';
import { ColumnScores } from './ColumnScores';
import { FoundList } from './FoundList';
import { linesOf, windowsOf } from './lines';
import { MovedList } from './MovedList';
import { flags, query } from './same';
import { grainOf } from './search';

const route = getRouteApi('/frame/drift/$dataset');

export function DatasetDrift() {
  const { dataset } = route.useParams();
  const { baseline, current } = route.useSearch();
  const navigate = route.useNavigate();
  const { range, days, change } = useRange();
  const windows = { baseline, current };
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...compared(dataset, windows), refetchInterval: interval });
  const show = (column: string, chosen: Windows = windows) => {
    void navigate({ to: '/drift/$dataset/$column', params: { dataset, column }, search: chosen });
  };
  return (
    <Page
      title={dataset}
      about={
        <>
          Drift of one dataset, among <TextLink to="/drift">all drift</TextLink>
        </>
      }
      actions={<TimeRange key={range.from + range.to} value={range} change={change} />}
    >
      <Choose key={JSON.stringify(windows)} value={windows} choose={(next) => { void navigate({ search: next }); }} sides={data?.compared ? data : undefined} />
      {error && <ErrorState error={error} retry={() => void refetch()} what="These windows could not be compared" />}
      {!error && !data && <Loading rows={8} label="Comparing" />}
      <Box sx={{ display: 'grid', gap: 2 }}>
        {!error && data && (
          <Box aria-busy={isPlaceholderData} sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' }, alignItems: 'start' }}>
            <Found of={data} />
            <Card title="Columns" note={`${many(data.columns.length, 'column')}, the worst first`}>
              <ColumnScores columns={data.columns} open={show} />
            </Card>
          </Box>
        )}
        <OverTime dataset={dataset} range={range} days={days} open={show} />
        <Card title="Found before" note="in this time">
          <FoundList dataset={dataset} range={range} />
        </Card>
      </Box>
      <Commands lines={{ CLI: `sentinel drift ${dataset}${flags(windows)}`, API: `/api/v1/drift/${encodeURIComponent(dataset)}/compare${query(windows)}` }} />
    </Page>
  );
}

function Found({ of }: { of: Compared }) {
  if (!of.compared) {
    return (
      <Card title="What moved">
        <EmptyState title="These windows cannot be compared" level="h3">
          {of.reason}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title="What moved" note={of.verdict}>
      {of.notes.map((note) => (
        <Box key={note} component="p" sx={{ m: 0, px: 2, pb: 1, color: 'text.secondary' }}>
          {note}
        </Box>
      ))}
      {of.drifts.length > 0 ? <MovedList dataset={of.dataset} moved={of.drifts} /> : <EmptyState title="Nothing moved" level="h3" />}
    </Card>
  );
}

function OverTime({ dataset, range, days, open }: { dataset: string; range: Range; days: number; open: (column: string, windows: Windows) => void }) {
  const grain = grainOf({}, days);
  const asked = useInfiniteQuery({ ...matrix({ range, grain, dataset }), refetchInterval: interval });
  const where = zone.use();
  const first = asked.data?.pages[0];
  const windows = useMemo(() => (first?.times ?? []).map((at) => (first?.grain === 'day' ? day(at) : hour(at, where))), [first, where]);
  const lines = useMemo(() => (first ? linesOf(first.items, windows, first.threshold, false) : []), [first, windows]);
  if (asked.error || lines.length === 0) return null;
  return (
    <Paper component="section" aria-label="Columns over time" sx={{ overflow: 'hidden', pt: 1 }}>
      <HeatMap
        label={`Drift of ${dataset}`}
        metric="score"
        windows={windows}
        lines={lines}
        threshold={first?.threshold ?? 0.25}
        height={420}
        note="Drifted since"
        open={({ row, column }, at) => { if (column != null) open(column, windowsOf(row, at)); }}
      />
    </Paper>
  );
}
