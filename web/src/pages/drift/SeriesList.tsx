/** Everything that is watched over time: how it goes, and whether its last point is as expected; anomalies first. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import { useInfiniteQuery } from '@tanstack/react-query';
import { interval } from '../../api/live';
import { kindOf, KINDS, list, STATES, WRITE, type Kind, type Series } from '../../api/monitors';
import { Commands } from '../../components/Commands';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import { Sparkline } from '../../components/Sparkline';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { count, many } from '../../lib/format';
import type { Change, Search } from './search';

const COLUMNS: readonly Column<Series>[] = [
  { key: 'series', title: 'Series', cell: (row) => row.series, width: 'minmax(180px, 2fr)' },
  { key: 'verdict', title: 'Verdict', cell: (row) => <State of={row.verdict} />, width: '130px' },
  { key: 'spark', title: 'Last points', cell: (row) => <Sparkline values={row.values} label={row.series} width={120} height={22} />, width: '140px' },
  { key: 'value', title: 'Last', cell: (row) => WRITE[kindOf(row.kind)](row.value), width: '90px', numeric: true },
  { key: 'band', title: 'Expected', cell: band, width: '160px', numeric: true },
  { key: 'at', title: 'At', cell: (row) => <Ago at={row.at} />, width: '90px' },
];

export function State({ of }: { of: string | null }) {
  const [tone, word] = STATES[of ?? ''] ?? ['unknown', of ?? 'not judged'];
  return <Status tone={tone}>{word}</Status>;
}

export function band({ kind, low, high }: Pick<Series, 'kind' | 'low' | 'high'>): string {
  const write = WRITE[kindOf(kind)];
  return low === null || high === null ? '–' : `${write(low)} to ${write(high)}`;
}

const native = { select: { native: true }, inputLabel: { shrink: true } } as const;

export function SeriesList({ search, change }: { search: Search; change: (next: Change, replace?: boolean) => void }) {
  const { q, kind, verdict, dataset } = search;
  const asked = useInfiniteQuery({ ...list({ q, kind, verdict, dataset }), refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const narrowed = Boolean(q ?? kind ?? verdict ?? dataset);
  return (
    <>
      <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap' }}>
        <SearchField label="Series" placeholder="part of its name" value={q ?? ''} change={(text) => { change({ q: text || undefined }, true); }} sx={{ flex: '1 1 180px', maxWidth: 320 }} />
        <TextField select label="Kind" value={kind ?? ''} onChange={(event) => { change({ kind: (event.target.value || undefined) as Kind | undefined }); }} slotProps={native}>
          <option value="">Any</option>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </TextField>
        <TextField select label="Verdict" value={verdict ?? ''} onChange={(event) => { change({ verdict: event.target.value || undefined }); }} slotProps={native}>
          <option value="">Any</option>
          {Object.entries(STATES).map(([name, [, word]]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </TextField>
      </Box>
      <Paper sx={{ overflow: 'hidden' }} aria-busy={asked.isPlaceholderData}>
        {asked.error && !rows && <ErrorState error={asked.error} retry={() => void asked.refetch()} what="The series could not be shown" />}
        {asked.isPending && <Loading rows={8} />}
        {rows?.length === 0 && (
          <EmptyState
            title={narrowed ? 'No series fits' : 'Nothing is watched yet'}
            action={narrowed && <Button variant="outlined" onClick={() => { change({ q: undefined, kind: undefined, verdict: undefined, dataset: undefined }); }}>Drop the filters</Button>}
          >
            {!narrowed && 'Monitors measure volume, nulls, scores and freshness with every run of a pipeline.'}
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <Box sx={{ overflowX: 'auto' }}>
            <Box sx={{ minWidth: 860 }}>
              <DataTable label="Series" columns={COLUMNS} rows={rows} id={(row) => row.series} open={(row) => { change({ series: row.series }); }} height={600} />
            </Box>
          </Box>
        )}
      </Paper>
      <Box sx={{ mt: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && rows.length > 0 && `${many(asked.data?.pages[0]?.total ?? rows.length, 'series', 'series')}, anomalies first`}
        {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>Show {count(200)} more</Button>}
      </Box>
      <Commands lines={{ CLI: 'sentinel monitors', API: '/api/v1/monitors?sort=worst' }} />
    </>
  );
}
