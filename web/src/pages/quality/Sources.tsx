/** The sources: how good each last was, how that went on, and when it was. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { sources, type Source } from '../../api/quality';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import { Sparkline } from '../../components/Sparkline';
import { Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { count, many, score } from '../../lib/format';
import type { Change, Search } from './search';
import { verdict } from './verdict';

const COLUMNS: readonly Column<Source>[] = [
  { key: 'name', title: 'Source', width: 'minmax(150px, 2fr)', cell: (row) => <TextLink to="/quality/sources/$source" params={{ source: row.source_id }} tabIndex={-1}>{row.name}</TextLink> },
  { key: 'verdict', title: 'Last upload', width: '96px', cell: (row) => row.latest && <Stands of={row.latest} /> },
  { key: 'score', title: 'Score', width: '60px', numeric: true, cell: (row) => score(row.recent.at(-1)) },
  { key: 'trend', title: 'Last 20', width: '100px', cell: (row) => row.recent.length > 1 && <Sparkline values={row.recent} label={`score of ${row.name}`} height={20} /> },
  { key: 'below', title: 'Below its threshold', width: 'minmax(120px, 1.5fr)', cell: (row) => row.latest?.below.join(', ') ?? '' },
  { key: 'checks', title: 'Checks', width: '64px', numeric: true, cell: (row) => count(row.checks) },
  { key: 'owner', title: 'Owner', width: 'minmax(80px, 1fr)', cell: (row) => row.owner ?? 'nobody' },
  { key: 'last', title: 'Last check', width: '88px', cell: (row) => <Ago at={row.latest?.created_at} /> },
];

function Stands({ of }: { of: NonNullable<Source['latest']> }) {
  const [tone, word] = verdict(of);
  return <Status tone={tone}>{word}</Status>;
}

interface Props {
  search: Search;
  change: (next: Change) => void;
}

export function Sources({ search: { q, sort }, change }: Props) {
  const navigate = useNavigate();
  const asked = useInfiniteQuery({ ...sources({ q, sort }), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const total = asked.data?.pages[0]?.total;
  return (
    <>
      <Box sx={{ display: 'flex', gap: 1, p: 1.5, flexWrap: 'wrap' }}>
        <SearchField label="Search" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined }); }} sx={{ flex: '1 1 160px', maxWidth: 320 }} />
        <TextField select label="Order" value={sort ?? 'score'} onChange={(event) => { change({ sort: event.target.value === 'name' ? 'name' : undefined }); }} slotProps={{ select: { native: true } }}>
          <option value="score">Lowest score first</option>
          <option value="name">By name</option>
        </TextField>
      </Box>
      <Box aria-busy={asked.isPlaceholderData}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={6} />)}
        {rows?.length === 0 &&
          (q ? (
            <EmptyState title={`No source has "${q}" in its name`} action={<Button variant="outlined" onClick={() => { change({ q: undefined }); }}>Drop the search</Button>} />
          ) : (
            <EmptyState title="Nothing was uploaded yet">A first file makes its source: its score, the reasons for every lost point, and a history from then on.</EmptyState>
          ))}
        {rows && rows.length > 0 && (
          <Box sx={{ overflowX: 'auto' }}>
            <Box sx={{ minWidth: 860 }}>
              <DataTable label="Sources" columns={COLUMNS} rows={rows} id={(row) => row.source_id} open={(row) => void navigate({ to: '/quality/sources/$source', params: { source: row.source_id } })} />
            </Box>
          </Box>
        )}
      </Box>
      <Box sx={{ px: 2, py: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && (rows.length < (total ?? 0) ? `${count(rows.length)} of ${many(total ?? 0, 'source')}` : many(rows.length, 'source'))}
        {asked.hasNextPage && <Button disabled={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>Load more</Button>}
      </Box>
    </>
  );
}
