/** The batches of a run: what became of each, and when it was committed. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useInfiniteQuery } from '@tanstack/react-query';
import { interval } from '../../api/live';
import { batches, type Batch, type RunDetail } from '../../api/runs';
import { DataTable, type Column } from '../../components/DataTable';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark } from '../../components/Status';
import { count, many, span } from '../../lib/format';

const rest = (one: Batch) => one.rows - one.silver - one.quarantined - one.duplicates - one.dropped;

function columns(begun: number): readonly Column<Batch>[] {
  return [
    { key: 'batch', title: 'Batch', width: 'minmax(90px, 1fr)', cell: (row) => `${row.partition} ${count(row.batch)}` },
    { key: 'at', title: 'At', width: '72px', numeric: true, cell: (row) => span(Math.max(0, (Date.parse(row.committed_at) - begun) / 1000)) },
    { key: 'took', title: 'Commit', width: '72px', numeric: true, cell: (row) => span(row.seconds) },
    { key: 'in', title: 'In', width: '84px', numeric: true, cell: (row) => count(row.rows) },
    { key: 'silver', title: 'Silver', width: '84px', numeric: true, cell: (row) => count(row.silver) },
    { key: 'quarantined', title: 'Quarantine', width: '92px', numeric: true, cell: (row) => count(row.quarantined) },
    { key: 'duplicates', title: 'Duplicates', width: '88px', numeric: true, cell: (row) => count(row.duplicates) },
    { key: 'dropped', title: 'Dropped', width: '78px', numeric: true, cell: (row) => count(row.dropped) },
    {
      key: 'rest',
      title: '',
      width: '92px',
      cell: (row) => (
        <Box component="span" sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'center', color: rest(row) === 0 ? 'text.secondary' : undefined }}>
          <Mark tone={rest(row) === 0 ? 'ok' : 'critical'} size={10} />
          {rest(row) === 0 ? 'balances' : `${count(rest(row))} off`}
        </Box>
      ),
    },
  ];
}

export function Batches({ run }: { run: RunDetail }) {
  const asked = useInfiniteQuery({ ...batches(run.run_id), refetchInterval: run.status === 'running' ? interval : false });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const told = typeof run.counts['batches'] === 'number' ? run.counts['batches'] : undefined;
  const height = Math.min(36 * ((rows?.length ?? 0) + 1) + 4, 420);
  return (
    <Card title="Batches" note={rows && many(rows.length, 'batch', 'batches')}>
      {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={3} />)}
      {rows?.length === 0 && <Box sx={{ px: 2, py: 1.5, color: 'text.secondary' }}>{told ? `${many(told, 'batch', 'batches')} came, and the store has been told of none yet.` : 'The source had nothing new.'}</Box>}
      {rows && rows.length > 0 && (
        <Box sx={{ overflowX: 'auto' }}>
          <Box sx={{ minWidth: 820 }}>
            <DataTable label="Batches" columns={columns(Date.parse(run.started_at))} rows={rows} id={(row) => `${row.partition}-${row.batch}`} height={height} />
          </Box>
        </Box>
      )}
      {asked.hasNextPage && (
        <Button sx={{ m: 1 }} onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
          Load more
        </Button>
      )}
    </Card>
  );
}
