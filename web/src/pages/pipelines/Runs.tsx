/** All runs, newest first: their own and those over a quarantine. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { allRuns, TONE, type Run } from '../../api/runs';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { Mark, Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { count, span } from '../../lib/format';
import { ofRun } from './balance';
import { runsSearch, type RunsSearch } from './search';
import { Sections } from './Sections';

const route = getRouteApi('/frame/pipelines/runs');

const of = (run: Run, ...names: string[]) => {
  const found = names.map((name) => run.counts[name]).find((value) => typeof value === 'number');
  return count(typeof found === 'number' ? found : null);
};

function Balances({ run }: { run: Run }) {
  const found = ofRun(run);
  if (!found || run.status === 'running') return <>–</>;
  const tone = found.rest === 0 ? 'ok' : 'critical';
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'center', color: found.rest === 0 ? 'text.secondary' : undefined }}>
      <Mark tone={tone} size={10} />
      {found.rest === 0 ? 'balances' : `${count(Math.abs(found.rest))} ${found.rest > 0 ? 'missing' : 'too many'}`}
    </Box>
  );
}

const COLUMNS: readonly Column<Run>[] = [
  {
    key: 'pipeline',
    title: 'Pipeline',
    width: 'minmax(140px, 1.4fr)',
    cell: (run) => (
      <TextLink to="/pipelines/runs/$run" params={{ run: run.run_id }} tabIndex={-1}>
        {run.pipeline}
      </TextLink>
    ),
  },
  { key: 'status', title: 'Status', width: '108px', cell: (run) => <Status tone={TONE[run.status]}>{run.status}</Status> },
  { key: 'started', title: 'Started', width: '92px', cell: (run) => <Ago at={run.started_at} /> },
  { key: 'took', title: 'Took', width: '64px', numeric: true, cell: (run) => span(run.seconds) },
  { key: 'in', title: 'In', width: '84px', numeric: true, cell: (run) => of(run, 'rows', 'tried') },
  { key: 'silver', title: 'To silver', width: '84px', numeric: true, cell: (run) => of(run, 'silver', 'recovered') },
  { key: 'quarantined', title: 'Refused', width: '84px', numeric: true, cell: (run) => of(run, 'quarantined', 'still_bad') },
  { key: 'balance', title: 'Counts', width: '116px', cell: (run) => <Balances run={run} /> },
  { key: 'error', title: 'Error', width: 'minmax(120px, 1.6fr)', cell: (run) => run.error ?? '' },
];

export function Runs() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useInfiniteQuery({ ...allRuns(search), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const change = (next: { [Key in keyof RunsSearch]?: RunsSearch[Key] | undefined }) => {
    void navigate({ search: (before) => ({ ...runsSearch({ ...before, ...next }) }), replace: true });
  };
  const filtered = search.pipeline ?? search.status;
  const drop = (
    <Button variant="outlined" onClick={() => { change({ pipeline: undefined, status: undefined }); }}>
      Drop the filters
    </Button>
  );
  return (
    <Page title="Runs" about="What ran, how long it took, and what became of its records.">
      <Sections />
      <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap' }}>
        <TextField
          select
          label="Status"
          value={search.status ?? ''}
          onChange={(event) => { change({ status: (event.target.value || undefined) as Run['status'] | undefined }); }}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">Any</option>
          {Object.keys(TONE).map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </TextField>
        {search.pipeline && (
          <>
            <Button variant="outlined" onClick={() => { change({ pipeline: undefined }); }} aria-label={`Drop the filter: pipeline ${search.pipeline}`}>
              {search.pipeline} ✕
            </Button>
            {!search.pipeline.includes('/') && (
              <Button onClick={() => { change({ pipeline: `${search.pipeline ?? ''}/replay` }); }}>Its replays</Button>
            )}
          </>
        )}
      </Box>
      <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} what="The runs could not be shown" /> : <Loading rows={8} />)}
        {rows?.length === 0 && (
          <EmptyState title={filtered ? 'No run fits' : 'Nothing has run yet'} action={filtered && drop}>
            {!filtered && <code>sentinel run</code>}
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <Box sx={{ overflowX: 'auto' }}>
            <Box sx={{ minWidth: 980 }}>
              <DataTable
                label="Runs"
                columns={COLUMNS}
                rows={rows}
                id={(run) => run.run_id}
                open={(run) => void navigate({ to: '/pipelines/runs/$run', params: { run: run.run_id } })}
                height={600}
              />
            </Box>
          </Box>
        )}
      </Paper>
      <Box sx={{ mt: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && `${count(rows.length)}${asked.hasNextPage ? ' newest' : ''} ${rows.length === 1 ? 'run' : 'runs'}`}
        {asked.hasNextPage && (
          <Button onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
            Load more
          </Button>
        )}
      </Box>
    </Page>
  );
}
