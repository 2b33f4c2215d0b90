/** What the contracts of the datasets promise, and in which file that is said. */
import Box from '@mui/material/Box';
import { useInfiniteQuery } from '@tanstack/react-query';
import { contracts, freshness, type Promised } from '../../api/promises';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { count, many, span } from '../../lib/format';

const NONE: Record<string, number | null> = {};

export function Promises() {
  const asked = useInfiniteQuery(contracts);
  const measured = useInfiniteQuery(freshness);
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const total = asked.data?.pages[0]?.total ?? rows?.length;
  const allowed = measured.data ? Object.fromEntries(measured.data.pages.flatMap((page) => page.items.map((each) => [each.dataset, each.allowed_seconds]))) : NONE;
  const columns: readonly Column<Promised>[] = [
    { key: 'dataset', title: 'Dataset', cell: (row) => row.dataset, width: 'minmax(140px, 1.4fr)' },
    { key: 'age', title: 'At most this old', cell: (row) => old(allowed[row.dataset]), width: '130px', numeric: true },
    { key: 'checks', title: 'Rules', cell: (row) => (row.fault ? <Status tone="critical">cannot be used</Status> : count(row.checks)), width: '110px', numeric: true },
    { key: 'version', title: 'Version', cell: (row) => row.version ?? '–', width: '80px' },
    { key: 'file', title: 'Said in', cell: (row) => row.path ?? 'no contract: name one in sentinel.yaml', width: 'minmax(200px, 2fr)' },
  ];
  return (
    <Card title="Datasets" note="edit the contract to change what it promises">
      {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={4} />)}
      {rows?.length === 0 && (
        <EmptyState title="There are no datasets yet" level="h3">
          A pipeline in sentinel.yaml makes one.
        </EmptyState>
      )}
      {rows && rows.length > 0 && (
        <DataTable
          label="What contracts promise"
          columns={columns}
          rows={rows}
          id={(row) => row.dataset}
          height={360}
          minWidth={760}
          total={total}
          more={() => { if (!asked.isFetchingNextPage) void asked.fetchNextPage(); }}
        />
      )}
      <Box sx={{ px: 2, py: 1, color: 'text.secondary', borderTop: 1, borderColor: 'divider' }}>
        {rows && `${many(total ?? rows.length, 'dataset')}. `}How closely drift and the numbers of each hour are watched is said in sentinel.yaml, under <code>drift</code> and <code>monitors</code>.
      </Box>
    </Card>
  );
}

/** How old data may be; undefined where nothing was measured yet. */
function old(seconds: number | null | undefined): string {
  return seconds === undefined ? 'not measured yet' : seconds === null ? 'nothing promised' : span(seconds);
}
