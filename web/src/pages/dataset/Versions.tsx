/** The snapshots of a dataset's table: what each added and took away, and how the columns changed. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { versions, type Version } from '../../api/dataset';
import { interval } from '../../api/live';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Ago, Moment } from '../../components/Time';
import { count, many } from '../../lib/format';

const route = getRouteApi('/frame/datasets/$name');

const COLUMNS: readonly Column<Version>[] = [
  { key: 'at', title: 'When', cell: (row) => <Moment at={row.committed_at} />, width: 'minmax(210px, 1fr)' },
  { key: 'ago', title: 'Ago', cell: (row) => <Ago at={row.committed_at} />, width: '90px' },
  { key: 'operation', title: 'Operation', cell: (row) => row.operation ?? 'unknown', width: '100px' },
  { key: 'added', title: 'Rows added', cell: (row) => signed('+', row.rows_added), width: '100px', numeric: true },
  { key: 'removed', title: 'Rows removed', cell: (row) => signed('−', row.rows_deleted), width: '110px', numeric: true },
  { key: 'rows', title: 'Rows', cell: (row) => count(row.rows), width: '100px', numeric: true },
  { key: 'columns', title: 'Columns', cell: (row) => (row.changes.length > 0 ? many(row.changes.length, 'change') : ''), width: '110px' },
  { key: 'snapshot', title: 'Snapshot', cell: (row) => row.snapshot, width: '190px' },
];

function signed(sign: string, rows: number): string {
  return rows === 0 ? '0' : `${sign}${count(rows)}`;
}

export function Versions(): ReactElement {
  const { name } = route.useParams();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({ ...versions(name), refetchInterval: interval });
  const rows = data?.pages.flatMap((page) => page.items);
  const changed = rows?.filter((row) => row.changes.length > 0) ?? [];
  if (!rows) return error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={8} />;
  if (rows.length === 0) {
    return (
      <Paper>
        <EmptyState title="There is no version yet">Each run that accepts rows writes one.</EmptyState>
      </Paper>
    );
  }
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      {changed.length > 0 && (
        <Card title="Changes of the columns" note={many(changed.length, 'version')}>
          {changed.map((row) => (
            <Changes key={row.snapshot} version={row} />
          ))}
        </Card>
      )}
      <Card title="Versions" note={many(data?.pages[0]?.total ?? rows.length, 'snapshot')}>
        <DataTable
          label="Versions"
          columns={COLUMNS}
          rows={rows}
          id={(row) => row.snapshot}
          height={520}
          minWidth={1000}
          total={data?.pages[0]?.total ?? undefined}
          more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      </Card>
    </Box>
  );
}

function Changes({ version }: { version: Version }) {
  return (
    <Box sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
      <Moment at={version.committed_at} />
      <Box component="ul" sx={{ m: 0, pl: 2.5, color: 'text.secondary', overflowWrap: 'anywhere' }}>
        {version.changes.map(({ column, was, now }) => (
          <li key={column}>
            {was === null ? `${column} was added, ${now ?? ''}` : now === null ? `${column} was removed, it was ${was}` : `${column} became ${now}, it was ${was}`}
          </li>
        ))}
      </Box>
    </Box>
  );
}
