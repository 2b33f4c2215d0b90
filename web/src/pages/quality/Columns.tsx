/** The columns of a file: what is missing, of another type, or far out in each, those that cost most first. */
import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import { useMemo } from 'react';
import type { Report } from '../../api/quality';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { SearchField } from '../../components/SearchField';
import { Mark } from '../../components/Status';
import { count, many, number, share } from '../../lib/format';
import { ColumnDetail } from './ColumnDetail';
import { noted, of, rows, SCHEMA, type Row } from './columns';
import type { Found, FoundChange } from './search';
import { TONES } from './verdict';

const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', title: 'Column', width: 'minmax(130px, 2fr)', cell: (row) => row.measure.name },
  { key: 'type', title: 'Type', width: 'minmax(70px, 1fr)', cell: ({ measure }) => measure.form ?? measure.type },
  { key: 'missing', title: 'Missing', width: '108px', numeric: true, cell: (row) => <Found row={row} kind="missing" some={row.measure.missing} all={row.measure.rows} /> },
  { key: 'complete', title: 'Complete', width: '76px', numeric: true, cell: ({ measure }) => share(measure.rows > 0 ? 1 - measure.missing / measure.rows : null) },
  { key: 'odd', title: 'Other type', width: '108px', numeric: true, cell: (row) => <Found row={row} kind="types" some={row.measure.odd} all={row.measure.rows - row.measure.missing} /> },
  { key: 'outliers', title: 'Outliers', width: '108px', numeric: true, cell: (row) => (row.measure.spread?.low_fence == null ? '–' : <Found row={row} kind="outliers" some={row.measure.outliers} all={row.measure.numbers} />) },
  { key: 'distinct', title: 'Distinct', width: '76px', numeric: true, cell: ({ measure }) => number(measure.distinct) },
  { key: 'schema', title: 'Schema', width: '84px', cell: ({ moved }) => moved.find(({ metric }) => SCHEMA.has(metric))?.metric ?? '' },
  { key: 'lost', title: 'Costs', width: '64px', numeric: true, cell: ({ lost }) => (lost > 0 ? (lost < 0.0005 ? '< 0.001' : lost.toFixed(3)) : '') },
];

/** How many of how many, marked where a check says that it is too many. */
function Found({ row, kind, some, all }: { row: Row; kind: string; some: number; all: number }) {
  const status = of(row, kind)?.status;
  if (some === 0) return <Box component="span" sx={{ color: 'text.secondary' }}>0</Box>;
  return (
    <Box component="span" title={`${count(some)} of ${count(all)}`} sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'center' }}>
      {status === 'fail' && <Mark tone={TONES[status] ?? 'unknown'} size={10} />}
      {number(some)} · {share(all > 0 ? some / all : null)}
    </Box>
  );
}

interface Props {
  report: Report;
  lost: ReadonlyMap<string, number>;
  search: Found;
  change: (next: FoundChange) => void;
}

export function Columns({ report, lost, search: { q, column, all }, change }: Props) {
  const every = useMemo(() => rows(report, lost), [report, lost]);
  const shown = useMemo(() => every.filter((row) => (all ?? noted(row)) && (!q || row.measure.name.toLowerCase().includes(q.toLowerCase()))), [every, all, q]);
  const open = every.find(({ measure }) => measure.name === column);
  const quiet = every.length - every.filter(noted).length;
  return (
    <>
      <Box sx={{ display: 'flex', gap: 1.5, p: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <SearchField label="Column" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined }); }} sx={{ flex: '1 1 160px', maxWidth: 320 }} />
        <FormControlLabel control={<Switch size="small" checked={all ?? false} onChange={(_, on) => { change({ all: on || undefined }); }} />} label={`Also ${many(quiet, 'column')} with nothing to note`} />
        <Box sx={{ color: 'text.secondary', ml: 'auto' }}>{duplicates(report)}</Box>
      </Box>
      <Box sx={{ display: 'grid', gridTemplateColumns: { lg: open ? 'minmax(0, 1fr) 380px' : 'minmax(0, 1fr)' }, alignItems: 'start' }}>
        {shown.length > 0 ? (
          <Box sx={{ overflowX: 'auto', minWidth: 0 }}>
            <Box sx={{ minWidth: 860 }}>
              <DataTable label="Columns" columns={COLUMNS} rows={shown} id={(row) => row.measure.name} open={(row) => { change({ column: row.measure.name }); }} />
            </Box>
          </Box>
        ) : (
          <EmptyState level="h3" title={q ? `No column with "${q}" in its name` : 'Nothing to note in any column'}>{!q && 'No value is missing, of another type, or far out, and no column changed.'}</EmptyState>
        )}
        {open && <ColumnDetail row={open} close={() => { change({ column: undefined }); }} />}
      </Box>
    </>
  );
}

function duplicates({ duplicates: twins, checks }: Report): string {
  const rows = checks.find(({ kind }) => kind === 'duplicate_rows')?.evaluated;
  if (rows == null) return '';
  return twins === 0 ? 'No row comes twice' : `${many(twins, 'row')} of ${count(rows)} ${twins === 1 ? 'equals' : 'equal'} an earlier one`;
}
