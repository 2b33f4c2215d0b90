/** What was done, by whom, and whether the log is whole. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { chain, entries, OUTCOMES, type Entry, type Outcome } from '../../api/access';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { deed, subject } from './deeds';
import { came } from './outcome';
import { audit, SPANS, type Audit as Search, type Change, type Span } from './search';

const route = getRouteApi('/frame/settings/audit');
const DAY = 86_400_000;
const WORDS = { done: 'Done', refused: 'Refused', failed: 'Failed', unknown: 'Not known' } as const satisfies Record<Outcome, string>;

const COLUMNS: readonly Column<Entry>[] = [
  { key: 'at', title: 'When', cell: (row) => <Ago at={row.at} />, width: '96px' },
  { key: 'actor', title: 'Who', cell: (row) => row.actor ?? 'nobody known', width: 'minmax(90px, 1fr)' },
  { key: 'role', title: 'As', cell: (row) => row.role ?? '–', width: '68px' },
  { key: 'action', title: 'What', cell: (row) => deed(row.action), width: 'minmax(170px, 1.4fr)' },
  { key: 'target', title: 'To', cell: (row) => subject(row.target), width: 'minmax(180px, 2fr)' },
  { key: 'from', title: 'From', cell: (row) => row.address ?? '–', width: '110px' },
  { key: 'outcome', title: 'What came of it', cell: (row) => <Outcome of={row} />, width: '150px' },
];

export function Audit() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [opened] = useState(() => Date.now());
  const { q, outcome, days } = search;
  const since = useMemo(() => (days ? new Date(opened - Number(days) * DAY).toISOString() : undefined), [days, opened]);
  const asked = useInfiniteQuery(entries({ q, outcome, since }));
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const change = (next: Change<Search>) => {
    void navigate({ search: (before) => audit({ ...before, ...next }), replace: true });
  };
  return (
    <>
      <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <SearchField label="Search" placeholder="who, what, to what" value={q ?? ''} change={(text) => { change({ q: text }); }} sx={{ flex: '1 1 180px', maxWidth: 320 }} />
        <TextField select label="What came of it" value={outcome ?? ''} onChange={(event) => { change({ outcome: (event.target.value || undefined) as Outcome | undefined }); }} slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}>
          <option value="">Anything</option>
          {OUTCOMES.map((each) => (
            <option key={each} value={each}>
              {WORDS[each]}
            </option>
          ))}
        </TextField>
        <TextField select label="Since" value={days ?? ''} onChange={(event) => { change({ days: (event.target.value || undefined) as Span | undefined }); }} slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}>
          <option value="">Ever</option>
          {Object.entries(SPANS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </TextField>
        <Box sx={{ flex: 1 }} />
        <Whole />
      </Box>
      <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={8} />)}
        {rows?.length === 0 && <EmptyState title={q || outcome || days ? 'Nothing fits' : 'Nothing was written yet'}>Every write is an entry here, whatever came of it.</EmptyState>}
        {rows && rows.length > 0 && (
          <DataTable
            label="What was done"
            columns={COLUMNS}
            rows={rows}
            id={(row) => String(row.entry_id)}
            height={620}
            minWidth={980}
            total={asked.hasNextPage ? rows.length + 20 : rows.length}
            more={() => { if (!asked.isFetchingNextPage) void asked.fetchNextPage(); }}
          />
        )}
      </Paper>
    </>
  );
}

function Outcome({ of: entry }: { of: Entry }) {
  const [tone, word] = came(entry.status);
  return tone ? <Status tone={tone}>{word}</Status> : <span>{word}</span>;
}

/** Whether each entry fits the one before it: none was changed or taken out. */
function Whole() {
  const { data, error } = useQuery(chain);
  if (error) return <Status tone="unknown">the chain could not be verified</Status>;
  if (!data) return <Box sx={{ color: 'text.secondary' }}>verifying the chain…</Box>;
  return data.whole ? <Status tone="ok">chain verified: no entry was changed or taken out</Status> : <Status tone="critical">{`the chain is broken at entry ${data.broken ?? '?'}`}</Status>;
}
