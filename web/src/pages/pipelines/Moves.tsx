/** What replays have taken out: each of their steps, and, of the one that is open, its records. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useInfiniteQuery } from '@tanstack/react-query';
import { interval } from '../../api/live';
import { moved, moves, type Move, type Moved } from '../../api/quarantine';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import type { Tone } from '../../lib/color';
import { count } from '../../lib/format';
import { spell, type Change } from './search';

interface Props {
  dataset: string;
  move: string | undefined;
  change: (next: Change) => void;
}

export function Moves({ dataset, move, change }: Props) {
  const asked = useInfiniteQuery({ ...moves(dataset), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  if (!rows) return asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} what="What has left could not be shown" /> : <Loading rows={6} />;
  if (rows.length === 0) {
    return (
      <EmptyState title="Nothing was replayed or dropped yet" level="p">
        Records that leave quarantine are listed here, with what became of each.
      </EmptyState>
    );
  }
  return (
    <Box sx={{ overflow: 'auto', minHeight: 0 }}>
      {rows.map((row) => (
        <Box key={row.move} sx={{ borderBottom: 1, borderColor: 'divider' }}>
          <Step move={row} open={row.move === move} toggle={() => { change({ move: row.move === move ? undefined : row.move, record: undefined }); }} />
          {row.move === move && <Taken dataset={dataset} move={row} go={(record) => { change({ record }); }} />}
        </Box>
      ))}
      {asked.hasNextPage && (
        <Button sx={{ m: 1 }} onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
          Load older
        </Button>
      )}
    </Box>
  );
}

function Step({ move, open, toggle }: { move: Move; open: boolean; toggle: () => void }) {
  const parts = [
    `${count(move.recovered)} to silver`,
    move.duplicates > 0 ? `${count(move.duplicates)} duplicates` : undefined,
    move.dropped > 0 ? `${count(move.dropped)} dropped` : undefined,
  ];
  return (
    <Box
      component="button"
      type="button"
      aria-expanded={open}
      onClick={toggle}
      sx={{ all: 'unset', boxSizing: 'border-box', width: '100%', px: 2, py: 1, cursor: 'pointer', '&:hover': { bgcolor: 'action.hover' }, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
    >
      <Box sx={{ fontWeight: 600 }}>
        {open ? '▾' : '▸'} {move.verb === 'drop' ? 'Drop' : 'Replay'}: {parts.filter(Boolean).join(', ')}
      </Box>
      <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
        <Ago at={move.at} />
        {move.contract && `, contract ${move.contract}`}
      </Box>
    </Box>
  );
}

const FATES: Record<Moved['fate'], [Tone, string]> = {
  recovered: ['ok', 'in silver'],
  duplicate: ['info', 'duplicate'],
  dropped: ['unknown', 'dropped'],
};

const COLUMNS: readonly Column<Moved>[] = [
  { key: 'batch', title: 'Batch', cell: (row) => `${row.partition} ${count(row.batch)}` },
  { key: 'row', title: 'Record', width: '80px', numeric: true, cell: (row) => count(row.row) },
  { key: 'fate', title: 'Now', width: '110px', cell: (row) => <Status tone={FATES[row.fate][0]}>{FATES[row.fate][1]}</Status> },
];

function Taken({ dataset, move, go }: { dataset: string; move: Move; go: (record: string) => void }) {
  const asked = useInfiniteQuery(moved(dataset, move.move));
  const rows = asked.data?.pages.flatMap((page) => page.items);
  if (!rows) return asked.error ? <ErrorState error={asked.error} /> : <Loading rows={3} />;
  if (rows.length === 0) return <Box sx={{ px: 2, pb: 1.5, color: 'text.secondary' }}>It took none out: it only brought the reasons of those that stay up to date.</Box>;
  return (
    <>
      <DataTable label="Records that left" columns={COLUMNS} rows={rows} id={spell} open={(row) => { go(spell(row)); }} height={300} />
      {asked.hasNextPage && (
        <Button sx={{ m: 1 }} onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
          Load more of {count(asked.data?.pages[0]?.total)}
        </Button>
      )}
    </>
  );
}
