/** The columns of a dataset by their scores, the worst first; any number of them. */
import Box from '@mui/material/Box';
import { useMemo } from 'react';
import type { Compared } from '../../api/drift';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { PAINT, step } from '../../components/heatcells';
import { number } from '../../lib/format';

type Row = Compared['columns'][number];

const DRIFT = 0.25; // a score from which on a test has drifted

const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', title: 'Column', cell: (row) => row.name, width: 'minmax(120px, 1fr)' },
  { key: 'bar', title: '', cell: (row) => <Bar score={row.score} />, width: '120px' },
  { key: 'score', title: 'Score', cell: (row) => number(row.score), width: '60px', numeric: true },
  { key: 'drifted', title: '', cell: (row) => (row.drifted ? 'drifted' : ''), width: '70px' },
];

export function ColumnScores({ columns, open }: { columns: readonly Row[]; open: (column: string) => void }) {
  const rows = useMemo(() => columns.toSorted((one, other) => other.score - one.score || one.name.localeCompare(other.name)), [columns]);
  if (rows.length === 0) return <EmptyState title="No column was compared" level="h3" />;
  return <DataTable label="Columns by score" columns={COLUMNS} rows={rows} id={(row) => row.name} open={(row) => { open(row.name); }} height={380} rowHeight={30} />;
}

function Bar({ score }: { score: number }) {
  const painted = PAINT[step({ score, n: 0, enough: true }, DRIFT)];
  return (
    <Box aria-hidden sx={{ height: 8, borderRadius: '2px', border: 1, borderColor: 'divider', overflow: 'hidden' }}>
      <Box sx={{ height: 1 }} style={{ width: `${100 * score}%`, background: score < DRIFT ? 'var(--sq-palette-tone-unknown)' : painted }} />
    </Box>
  );
}
