/** What the columns of a dataset hold: a line of numbers and small pictures each; one opens in full beside the list. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { interval } from '../../api/live';
import { columns, KINDS, series, type Column as One, type Kind, type Line } from '../../api/profiles';
import { Bars } from '../../components/Bars';
import { Beside } from '../../components/Beside';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import { useRange } from '../../components/range';
import { Sparkline } from '../../components/Sparkline';
import { Moment } from '../../components/Time';
import { TimeRange } from '../../components/TimeRange';
import { useNow } from '../../lib/clock';
import { count, many, share } from '../../lib/format';
import { windowOf } from '../../lib/range';
import { ColumnInFull } from './ColumnInFull';
import { bounds, differ, missing, shape } from './shape';
import { columns as kept, type ColumnsSearch } from './tabs';

const route = getRouteApi('/frame/datasets/$name/columns');

/** What a line says of a column; less where one stands open beside. */
function drawn(lines: ReadonlyMap<string, Line>, few: boolean): readonly Column<One>[] {
  const all: Column<One>[] = [
    { key: 'path', title: 'Column', cell: (row) => row.path, width: 'minmax(160px, 1.6fr)' },
    { key: 'kind', title: 'Kind', cell: (row) => row.kind, width: '72px' },
    { key: 'nulls', title: 'Missing', cell: (row) => share(row.null_share), width: '72px', numeric: true },
    { key: 'over', title: 'Over time', cell: (row) => <Over path={row.path} line={lines.get(row.path)} />, width: '104px' },
    { key: 'shape', title: 'Distribution', cell: (row) => <Thumbnail column={row} />, width: '104px' },
    { key: 'distinct', title: 'Distinct', cell: (row) => (row.distinct == null ? '–' : count(Math.round(row.distinct))), width: '84px', numeric: true },
    { key: 'range', title: 'Range', cell: (row) => bounds(row), width: 'minmax(140px, 1.4fr)' },
  ];
  return few ? all.filter(({ key }) => key !== 'range' && key !== 'distinct') : all;
}

function Over({ path, line }: { path: string; line: Line | undefined }) {
  return line ? <Sparkline values={missing(line.rows, line.nulls)} label={`${path}, share missing`} height={22} /> : null;
}

function Thumbnail({ column }: { column: One }) {
  const found = shape(column);
  return found ? <Bars {...found} height={22} /> : <span>{column.hidden ? 'masked' : differ(column) ? 'all differ' : '–'}</span>;
}

export function Columns() {
  const { name } = route.useParams();
  const { q, kind, column } = route.useSearch();
  const navigate = route.useNavigate();
  const { range, change: setRange } = useRange();
  const window = windowOf(range, useNow());
  const asked = useInfiniteQuery({ ...columns(name, window, { search: q, kind }), refetchInterval: interval });
  const pages = asked.data?.pages;
  const rows = pages?.flatMap((page) => page.columns.items);
  const parts = useQueries({
    queries: (pages ?? []).filter((page) => page.columns.items.length > 0).map((page) => series(name, window, page.columns.items.map(({ path }) => path))),
    combine: (found) => found.flatMap(({ data }) => data?.items ?? []),
  });
  const table = useMemo(() => drawn(new Map(parts.map((each) => [each.path, each])), column !== undefined), [parts, column]);
  const first = pages?.[0];
  const change = (next: { [Key in keyof ColumnsSearch]?: ColumnsSearch[Key] | undefined }, replace = true) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace });
  };
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <SearchField label="Search columns" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined, column: undefined }); }} sx={{ flex: '1 1 160px', maxWidth: 300 }} />
        <TextField
          select
          label="Kind"
          value={kind ?? ''}
          onChange={(event) => { change({ kind: (event.target.value || undefined) as Kind | undefined, column: undefined }); }}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">Any</option>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </TextField>
        <TimeRange value={range} change={setRange} />
        {first && first.rows > 0 && (
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {many(first.columns.total ?? 0, 'column')}, {many(first.rows, 'row')}, <Moment at={first.since} /> to <Moment at={first.until} />
          </Box>
        )}
      </Box>
      <Beside
        back="Close"
        close={() => { change({ column: undefined }, false); }}
        open={column === undefined ? undefined : { title: column, body: <ColumnInFull name={name} window={window} path={column} /> }}
        list={
          <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
            {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={10} />)}
            {rows?.length === 0 && (
              <EmptyState
                title={q || kind ? 'No column fits' : 'Nothing was profiled in this time'}
                action={(q || kind) && <Button variant="outlined" onClick={() => { change({ q: undefined, kind: undefined }); }}>Drop the filters</Button>}
              >
                {!(q || kind) && 'Each run profiles the rows it accepts into silver, by the hour of their events. Gold tables are not profiled.'}
              </EmptyState>
            )}
            {rows && rows.length > 0 && (
              <DataTable
                label="Columns"
                columns={table}
                rows={rows}
                id={(row) => row.path}
                open={(row) => { change({ column: row.path }, false); }}
                opened={column}
                height="min(660px, calc(100vh - 180px))"
                minWidth={column === undefined ? 820 : 560}
                total={first?.columns.total ?? undefined}
                more={asked.hasNextPage && !asked.isFetchingNextPage ? () => void asked.fetchNextPage() : undefined}
              />
            )}
          </Paper>
        }
      />
    </Box>
  );
}
