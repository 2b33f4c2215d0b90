/** Every check of the file, also those of a contract: what it asked, and how many did not hold. */
import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import { useMemo } from 'react';
import type { Checked, Report } from '../../api/quality';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { SearchField } from '../../components/SearchField';
import { Status } from '../../components/Status';
import { count, many, plain, words } from '../../lib/format';
import type { Found, FoundChange } from './search';
import { TONES } from './verdict';

type Rule = Checked & { lost: number };
const ORDER = ['error', 'fail', 'warn', 'pass', 'skip'];

const COLUMNS: readonly Column<Rule>[] = [
  { key: 'name', title: 'Check', width: 'minmax(140px, 1.6fr)', cell: (row) => row.name },
  { key: 'part', title: 'Part', width: '108px', cell: (row) => words(row.dimension ?? 'none') },
  { key: 'status', title: 'Came out', width: '84px', cell: (row) => <Status tone={TONES[row.status] ?? 'unknown'}>{row.status}</Status> },
  { key: 'failed', title: 'Not so', width: '120px', numeric: true, cell: (row) => (row.evaluated === null ? '–' : `${count(row.failed)} of ${count(row.evaluated)}`) },
  { key: 'expected', title: 'Expected', width: 'minmax(140px, 2fr)', cell: (row) => row.expected ?? '' },
  { key: 'told', title: 'Found', width: 'minmax(120px, 2fr)', cell: (row) => [row.message, row.samples.map(plain).join(' | ')].filter(Boolean).join('; ') },
  { key: 'lost', title: 'Costs', width: '64px', numeric: true, cell: ({ lost }) => (lost > 0 ? (lost < 0.0005 ? '< 0.001' : lost.toFixed(3)) : '') },
];

interface Props {
  report: Report;
  lost: ReadonlyMap<string, number>;
  search: Found;
  change: (next: FoundChange) => void;
}

export function Rules({ report, lost, search: { q, all }, change }: Props) {
  const every = useMemo(
    () => report.checks.map((each) => ({ ...each, lost: lost.get(each.name) ?? 0 })).sort((one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status) || other.lost - one.lost),
    [report, lost],
  );
  const shown = every.filter((row) => (all ?? (row.status !== 'pass' && row.status !== 'skip')) && (!q || row.name.toLowerCase().includes(q.toLowerCase())));
  const good = every.filter(({ status }) => status === 'pass').length;
  return (
    <>
      <Box sx={{ display: 'flex', gap: 1.5, p: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <SearchField label="Check or column" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined }); }} sx={{ flex: '1 1 160px', maxWidth: 320 }} />
        <FormControlLabel control={<Switch size="small" checked={all ?? false} onChange={(_, on) => { change({ all: on || undefined }); }} />} label={`Also ${many(good, 'check')} that held`} />
      </Box>
      {shown.length === 0 ? (
        <EmptyState level="h3" title={q ? `No check with "${q}" in its name` : 'Every check held'} />
      ) : (
        <Box sx={{ overflowX: 'auto' }}>
          <Box sx={{ minWidth: 900 }}>
            <DataTable label="Checks of the file" columns={COLUMNS} rows={shown} id={(row) => row.name} />
          </Box>
        </Box>
      )}
    </>
  );
}
