/** The matrix: datasets and their columns by time, the worst first; a cell leads to its column. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { matrix } from '../../api/drift';
import { interval } from '../../api/live';
import { Commands } from '../../components/Commands';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { HeatMap } from '../../components/HeatMap';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Time';
import { useNow } from '../../lib/clock';
import { day, hour, many } from '../../lib/format';
import { asked as span, spelled, type Range } from '../../lib/range';
import { zone } from '../../lib/stored';
import { Filters } from './Filters';
import { linesOf, windowsOf, type Placed } from './lines';
import { grainOf, type Change, type Search } from './search';

interface Props {
  search: Search;
  change: (next: Change, replace?: boolean) => void;
  range: Range;
  days: number;
}

export function Matrix({ search, change, range, days }: Props) {
  const { q, dataset, severity } = search;
  const grain = grainOf(search, days);
  const asked = useInfiniteQuery({ ...matrix({ range, grain, q, dataset, severity }), refetchInterval: interval });
  const navigate = useNavigate();
  const where = zone.use();
  const now = useNow();
  const first = asked.data?.pages[0];
  const windows = useMemo(() => (first?.times ?? []).map((at) => (first?.grain === 'day' ? day(at) : hour(at, where))), [first, where]);
  const threshold = first?.threshold ?? 0.25;
  const rows = useMemo(() => asked.data?.pages.flatMap((page) => page.items) ?? [], [asked.data]);
  const lines = useMemo(() => linesOf(rows, windows, threshold), [rows, windows, threshold]);
  const narrowed = Boolean(q ?? dataset ?? severity);

  const open = (line: Placed, at: number | undefined) => {
    const { row, column, more } = line;
    if (more) change({ dataset: row.dataset });
    else if (column == null) void navigate({ to: '/drift/$dataset', params: { dataset: row.dataset }, search: windowsOf(row, at) });
    else void navigate({ to: '/drift/$dataset/$column', params: { dataset: row.dataset, column }, search: windowsOf(row, at) });
  };
  return (
    <>
      <Filters search={search} change={change} days={days} datasets={rows.map((row) => row.dataset)} />
      <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
        {asked.error && !asked.data && <ErrorState error={asked.error} retry={() => void asked.refetch()} what="Drift could not be shown" />}
        {asked.isPending && <Loading rows={10} height={24} label="Loading the map of drift" />}
        {first && lines.length === 0 && <Nothing narrowed={narrowed} change={change} />}
        {lines.length > 0 && <HeatMap label="Drift" metric="score" windows={windows} lines={lines} threshold={threshold} note="Drifted since" open={open} />}
      </Paper>
      <Box sx={{ mt: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        {first && lines.length > 0 && <span>{many(first.total, 'dataset')}; {grain === 'day' ? 'days in UTC' : `hours, ${where === 'UTC' ? 'UTC' : 'local time'}`}. A cell is the worst score of the windows that end in it.{first.ended && <> The data ends <Moment at={first.ended} />: this is the time up to then.</>}</span>}
        {asked.hasNextPage && (
          <Button disabled={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
            Show {many(Math.min(25, (first?.total ?? 0) - rows.length), 'more dataset')}
          </Button>
        )}
      </Box>
      <Commands lines={{ CLI: dataset ? `sentinel drift ${dataset}` : 'sentinel drift', API: `/api/v1/drift/matrix?${spelled(span(range, now))}&grain=${grain}${dataset ? `&dataset=${encodeURIComponent(dataset)}` : ''}` }} />
    </>
  );
}

function Nothing({ narrowed, change }: { narrowed: boolean; change: Props['change'] }) {
  if (narrowed) {
    return (
      <EmptyState
        title="No column fits"
        action={
          <Button variant="outlined" onClick={() => { change({ q: undefined, dataset: undefined, severity: undefined }); }}>
            Drop the filters
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState title="Drift was not looked at in this time">
      <p>
        While <code>sentinel run --watch</code> runs, every dataset is held against the days before, every six hours. <code>sentinel drift</code> looks now.
      </p>
    </EmptyState>
  );
}
