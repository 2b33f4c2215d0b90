/** The columns of the list of datasets, and how one is drawn on a phone. */
import Box from '@mui/material/Box';
import { DAYS, TONE, type Row, type Sort } from '../../api/datasets';
import { DatasetLink } from '../../components/DatasetLink';
import type { Column } from '../../components/DataTable';
import { Sparkline } from '../../components/Sparkline';
import { Mark, Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { count, many, share, span } from '../../lib/format';

/** Which way each order goes by itself: those to look at come first. */
export const WAY: Record<Sort, 'ascending' | 'descending'> = {
  name: 'ascending',
  health: 'descending',
  score: 'ascending',
  rows: 'descending',
  quarantined: 'descending',
  age: 'descending',
  run: 'descending',
};

/** What each order is called where it is chosen from a list. */
export const ORDERS: Record<Sort, string> = {
  health: 'Health, worst first',
  name: 'Name',
  score: 'Accepted, lowest first',
  rows: 'Rows, most first',
  quarantined: 'Quarantined, most first',
  age: 'Age, oldest first',
  run: 'Last run, newest first',
};

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', title: 'Name', cell: (row) => <DatasetLink name={row.name} quiet />, width: 'minmax(140px, 1.4fr)', sortable: true },
  { key: 'health', title: 'Health', cell: (row) => <Status tone={TONE[row.health]}>{row.health}</Status>, width: '88px', sortable: true },
  { key: 'why', title: 'Why', cell: why, width: 'minmax(150px, 2fr)' },
  { key: 'owner', title: 'Owner', cell: (row) => row.owners[0] ?? 'nobody', width: 'minmax(80px, 1fr)' },
  { key: 'trend', title: `${DAYS} days`, cell: (row) => <Trend row={row} />, width: '68px' },
  { key: 'score', title: 'Accepted', cell: (row) => share(row.score), width: '72px', numeric: true, sortable: true },
  { key: 'rows', title: 'Rows, 24 h', cell: (row) => (row.layer === 'gold' ? '–' : count(row.rows)), width: '84px', numeric: true, sortable: true },
  { key: 'age', title: 'Age', cell: (row) => span(row.freshness?.age_seconds), width: '56px', numeric: true, sortable: true },
  { key: 'run', title: 'Last run', cell: (row) => <Ago at={row.run?.started_at} />, width: '84px', sortable: true },
];

function why(row: Row) {
  const text = row.reasons.map(({ message }) => message).join('; ');
  return <span title={text}>{text}</span>;
}

/** The share accepted over the last days, where there is a line to draw. */
function Trend({ row }: { row: Row }) {
  return row.trend.some((each) => each !== null) ? <Sparkline values={row.trend} label={`Share of records accepted, ${DAYS} days`} width={68} height={20} /> : null;
}

export function Compact(row: Row) {
  return (
    <Box sx={{ display: 'flex', gap: 1.25, alignItems: 'center' }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
          <Mark tone={TONE[row.health]} />
          <Box sx={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }}>
            <DatasetLink name={row.name} quiet />
          </Box>
        </Box>
        <Box sx={{ pl: 2.5, color: 'text.secondary', fontSize: '0.8125rem', overflow: 'hidden', textOverflow: 'ellipsis' }}>
          {row.reasons[0]?.message ?? (row.layer === 'gold' ? `${row.health}, gold` : `${row.health}, ${many(row.rows, 'row')} in 24 h`)}
        </Box>
      </Box>
      <Trend row={row} />
      <Box sx={{ width: 52, textAlign: 'right', flex: 'none' }}>{share(row.score)}</Box>
    </Box>
  );
}
