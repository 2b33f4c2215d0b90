/** Which datasets are there, and can each be trusted? */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { datasets, TONE, type Dataset, type Health } from '../../api/datasets';
import { interval } from '../../api/live';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { count, many, share, span } from '../../lib/format';
import { search as kept } from './search';

const route = getRouteApi('/frame/datasets');

const COLUMNS: readonly Column<Dataset>[] = [
  { key: 'name', title: 'Name', cell: (row) => row.name, width: 'minmax(140px, 1.3fr)' },
  { key: 'health', title: 'Health', cell: (row) => <Status tone={TONE[row.health]}>{row.health}</Status>, width: '100px' },
  { key: 'why', title: 'Why', cell: (row) => row.reasons[0]?.message ?? '', width: 'minmax(160px, 2fr)' },
  { key: 'owner', title: 'Owner', cell: (row) => row.owners[0] ?? 'nobody', width: 'minmax(90px, 1fr)' },
  { key: 'score', title: 'Accepted', cell: (row) => share(row.score), width: '76px', numeric: true },
  { key: 'rows', title: 'Rows, 24 h', cell: (row) => row.layer === 'gold' ? '–' : count(row.rows), width: '86px', numeric: true },
  { key: 'age', title: 'Age', cell: (row) => span(row.freshness?.age_seconds), width: '64px', numeric: true },
  { key: 'run', title: 'Last run', cell: (row) => <Ago at={row.run?.started_at} />, width: '88px' },
];

export function Datasets() {
  const { q, health } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useInfiniteQuery({ ...datasets({ search: q, health }), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const facets = asked.data?.pages[0]?.facets['health'] ?? {};
  const change = (next: { q?: string | undefined; health?: Health | undefined }) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace: true });
  };
  return (
    <Page title="Datasets" about="Which datasets are there, and can each be trusted?">
      <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap' }}>
        <TextField label="Search" value={q ?? ''} onChange={(event) => { change({ q: event.target.value || undefined }); }} sx={{ flex: '1 1 180px', maxWidth: 320 }} />
        <TextField
          select
          label="Health"
          value={health ?? ''}
          onChange={(event) => { change({ health: (event.target.value || undefined) as Health | undefined }); }}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">Any</option>
          {(['critical', 'warning', 'unknown', 'healthy'] as const).map((each) => (
            <option key={each} value={each}>
              {each} {count(facets[each] ?? 0)}
            </option>
          ))}
        </TextField>
      </Box>
      <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={8} />)}
        {rows?.length === 0 && (
          <EmptyState
            title={q || health ? 'No dataset fits' : 'There are no datasets yet'}
            action={(q || health) && <Button variant="outlined" onClick={() => { change({ q: undefined, health: undefined }); }}>Drop the filters</Button>}
          >
            {!(q || health) && 'A pipeline in sentinel.yaml makes one.'}
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <Box sx={{ overflowX: 'auto' }}>
            <Box sx={{ minWidth: 900 }}>
              <DataTable label="Datasets" columns={COLUMNS} rows={rows} id={(row) => row.name} height={620} />
            </Box>
          </Box>
        )}
      </Paper>
      <Box sx={{ mt: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && many(asked.data?.pages[0]?.total ?? rows.length, 'dataset')}
        {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>Load more</Button>}
      </Box>
    </Page>
  );
}
