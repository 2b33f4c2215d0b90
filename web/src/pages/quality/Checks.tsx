/** The checks of uploads, the newest first. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { checks, type CheckStatus } from '../../api/quality';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import { many } from '../../lib/format';
import { checkColumns } from './checkcolumns';
import { STATUSES, type Change, type Search } from './search';

const COLUMNS = checkColumns(true);

interface Props {
  search: Search;
  change: (next: Change) => void;
}

export function Checks({ search: { q, status }, change }: Props) {
  const navigate = useNavigate();
  const asked = useInfiniteQuery({ ...checks({ q, status }), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <Box sx={{ display: 'flex', gap: 1, p: 1.5, flexWrap: 'wrap' }}>
        <SearchField label="File or source" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined }); }} sx={{ flex: '1 1 160px', maxWidth: 320 }} />
        <TextField
          select
          label="State"
          value={status ?? ''}
          onChange={(event) => { change({ status: (event.target.value || undefined) as CheckStatus | undefined }); }}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">Any</option>
          {Object.entries(STATUSES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </TextField>
      </Box>
      <Box aria-busy={asked.isPlaceholderData}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={6} />)}
        {rows?.length === 0 && (
          <EmptyState
            title={q || status ? 'No check fits' : 'Nothing was checked yet'}
            action={(q || status) && <Button variant="outlined" onClick={() => { change({ q: undefined, status: undefined }); }}>Drop the filters</Button>}
          >
            {q || status ? [q && `with "${q}"`, status && `that is ${STATUSES[status].toLowerCase()}`].filter(Boolean).join(', ') : 'The first file that is handed in stands here.'}
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <Box sx={{ overflowX: 'auto' }}>
            <Box sx={{ minWidth: 900 }}>
              <DataTable label="Checks" columns={COLUMNS} rows={rows} id={(row) => row.check_id} open={(row) => void navigate({ to: '/quality/checks/$check', params: { check: row.check_id } })} />
            </Box>
          </Box>
        )}
      </Box>
      <Box sx={{ px: 2, py: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && (asked.hasNextPage ? `The newest ${many(rows.length, 'check')}` : many(rows.length, 'check'))}
        {asked.hasNextPage && <Button disabled={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>Load more</Button>}
      </Box>
    </>
  );
}
