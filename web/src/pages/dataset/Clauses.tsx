/** The columns of a contract, each with what is promised and what is observed; one opens beside the list. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery } from '@tanstack/react-query';
import { clauses, type Clause as One, type Clauses as Found } from '../../api/contracts';
import { interval } from '../../api/live';
import { Beside } from '../../components/Beside';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { SearchField } from '../../components/SearchField';
import { Status } from '../../components/Status';
import { Moment } from '../../components/Time';
import { count, many, share } from '../../lib/format';
import { Clause, Rules } from './Clause';
import { bounds } from './shape';
import type { ContractSearch } from './tabs';

const COLUMNS: readonly Column<One>[] = [
  { key: 'path', title: 'Column', cell: (row) => row.path, width: 'minmax(150px, 1.4fr)' },
  { key: 'type', title: 'Type', cell: (row) => row.type ?? 'any', width: '84px' },
  { key: 'asks', title: 'Promised', cell: promised, width: 'minmax(150px, 1.6fr)' },
  { key: 'class', title: 'Values', cell: (row) => (row.classified ? 'masked' : ''), width: '76px' },
  { key: 'nulls', title: 'Missing', cell: (row) => share(row.observed?.null_share), width: '72px', numeric: true },
  { key: 'distinct', title: 'Distinct', cell: (row) => about(row.observed?.distinct), width: '80px', numeric: true },
  { key: 'range', title: 'Range', cell: (row) => (row.observed ? bounds(row.observed) : 'not profiled'), width: 'minmax(110px, 1.2fr)' },
  { key: 'failed', title: 'Failed', cell: failed, width: '96px', numeric: true },
];

function promised({ rules }: One): string {
  return rules
    .filter(({ asks }) => !asks.startsWith('type '))
    .map(({ asks }) => asks)
    .join(', ');
}

function failed({ rules, failed: times }: One) {
  if (rules.every(({ batches }) => batches === 0)) return <span>not asked</span>;
  return times > 0 ? <Status tone="warn">{count(times)}</Status> : '0';
}

/** An estimate, as a whole number. */
function about(value: number | null | undefined): string {
  return value == null ? '–' : count(Math.round(value));
}

/** What there is room for where one stands open beside. */
const FEW = COLUMNS.filter(({ key }) => !['type', 'class', 'distinct', 'range'].includes(key));

interface Props {
  name: string;
  search: ContractSearch;
  change: (next: { [Key in keyof ContractSearch]?: ContractSearch[Key] | undefined }, replace?: boolean) => void;
}

export function Clauses({ name, search: { q, failing, column }, change }: Props) {
  const asked = useInfiniteQuery({ ...clauses(name, { search: q, failing }), refetchInterval: interval });
  const first = asked.data?.pages[0];
  const rows = asked.data?.pages.flatMap((page) => page.columns.items);
  const open = rows?.find((row) => row.path === column);
  return (
    <>
      {first && first.table.length > 0 && (
        <Card title="Of the whole table" note={`${many(first.table.length, 'rule')}, ${first.days} days`}>
          <Box sx={{ px: 2, pb: 1 }}>
            <Rules rules={first.table} />
          </Box>
        </Card>
      )}
      <Box sx={{ display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <SearchField label="Search columns" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined, column: undefined }); }} sx={{ flex: '1 1 180px', maxWidth: 320 }} />
        <FormControlLabel
          control={<Checkbox size="small" checked={failing ?? false} onChange={(_, checked) => { change({ failing: checked || undefined, column: undefined }); }} />}
          label={`Only with failures${first ? ` (${count(first.failing)})` : ''}`}
        />
        {first && <Window found={first} />}
      </Box>
      <Beside
        back="Close"
        close={() => { change({ column: undefined }, false); }}
        open={open && { title: open.path, body: <Clause name={name} clause={open} days={first?.days ?? 0} /> }}
        list={
          <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
            {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={8} />)}
            {rows?.length === 0 && (
              <EmptyState
                title={q || failing ? 'No column fits' : 'The contract names no columns'}
                action={(q || failing) && <Button variant="outlined" onClick={() => { change({ q: undefined, failing: undefined }); }}>Drop the filters</Button>}
              />
            )}
            {rows && rows.length > 0 && (
              <DataTable
                label="Columns of the contract"
                columns={open ? FEW : COLUMNS}
                rows={rows}
                id={(row) => row.path}
                open={(row) => { change({ column: row.path }, false); }}
                opened={column}
                height="min(620px, calc(100vh - 200px))"
                minWidth={open ? 560 : 900}
                total={first?.columns.total ?? undefined}
                more={asked.hasNextPage && !asked.isFetchingNextPage ? () => void asked.fetchNextPage() : undefined}
              />
            )}
          </Paper>
        }
      />
    </>
  );
}

function Window({ found: { rows, since, until } }: { found: Found }) {
  return (
    <Box component="span" sx={{ color: 'text.secondary' }}>
      {rows === 0 ? 'Nothing is profiled yet' : (
        <>
          Observed in {many(rows, 'row')}, <Moment at={since} /> to <Moment at={until} />
        </>
      )}
    </Box>
  );
}
