/** The quarantine of a dataset: what was refused by which check and when, each record, and trying them again. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { interval } from '../../api/live';
import { arrivals, groups, records as list, type Refused } from '../../api/quarantine';
import { may as has, me } from '../../api/session';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card, Page } from '../../components/Page';
import { useRange } from '../../components/range';
import { TimeRange } from '../../components/TimeRange';
import { many } from '../../lib/format';
import { useKeys } from '../../lib/keys';
import { Arrivals } from './Arrivals';
import { spans } from './spans';
import { Detail } from './Detail';
import { Groups } from './Groups';
import { Moves } from './Moves';
import { Records } from './Records';
import { EMPTY, type Draft } from './draft';
import { quarantineSearch, spell, type Change } from './search';
import { Sections } from './Sections';
import { Toolbar } from './Toolbar';

const route = getRouteApi('/frame/pipelines/quarantine/$dataset');
const NONE: Refused[] = [];
const NO_ITEMS: never[] = [];

export function Quarantine() {
  const { dataset } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, change: changeRange } = useRange();
  const { data: who } = useQuery(me);
  const known = useQuery({ ...groups(dataset), refetchInterval: interval });
  const times = useQuery({ ...arrivals(dataset, range), refetchInterval: interval });
  const asked = useInfiniteQuery({ ...list(dataset, search.check), refetchInterval: interval });
  const [at, setAt] = useState(search.record);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [draft, setDraft] = useState<Draft>(EMPTY);

  const rows = useMemo(() => asked.data?.pages.flatMap((page) => page.items) ?? NONE, [asked.data]);
  const selected = useMemo(() => rows.filter((row) => chosen.has(spell(row))), [rows, chosen]);
  const span = useMemo(() => (times.data ? spans(times.data.since, times.data.until, times.data.grain) : NO_ITEMS), [times.data]);
  const total = known.data?.records;
  const held = search.check ? (known.data?.groups.find(({ check }) => check === search.check)?.records ?? 0) : (total ?? 0);
  const left = search.view === 'left';
  const side = search.record !== undefined || search.replay === true;

  const change = (next: Change, replace = false) => {
    void navigate({ search: (before) => quarantineSearch({ ...before, ...next }), replace });
  };
  const show = (record: string | undefined) => {
    if (record !== undefined) setAt(record);
    change({ record, replay: undefined, job: undefined }, search.record !== undefined && record !== undefined);
  };
  const select = (record: string) => {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(record)) next.add(record);
      return next;
    });
  };
  const move = (by: number) => {
    const place = rows.findIndex((row) => spell(row) === at);
    const to = rows[Math.min(Math.max(place < 0 ? 0 : place + by, 0), rows.length - 1)];
    if (!to || left) return;
    setAt(spell(to));
    // Enter is now for this record, no more for what was pressed before.
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
    if (search.record !== undefined) show(spell(to));
  };
  useKeys({
    j: () => { move(1); },
    k: () => { move(-1); },
    x: () => { if (at && !left) select(at); },
    r: () => { if (!left) change({ replay: true, record: undefined }); },
    Enter: (event) => {
      if (at && !left && !(event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement)) show(at);
      else if (event.target instanceof HTMLElement) event.target.click();
    },
    Escape: () => { change({ record: undefined, replay: undefined, job: undefined }); },
  });

  return (
    <Page title={`Quarantine of ${dataset}`} about="What was refused, why, and what can be done about it." actions={<TimeRange key={`${range.from}${range.to}`} value={range} change={changeRange} />}>
      <Sections />
      {!known.data && (known.error ? <ErrorState error={known.error} retry={() => void known.refetch()} what="This quarantine could not be shown" /> : <Loading rows={5} />)}
      {known.data && known.data.groups.length > 0 && (
        <Box sx={{ display: { xs: side ? 'none' : 'grid', lg: 'grid' }, gap: 1.5, mb: 1.5, gridTemplateColumns: { lg: 'minmax(0, 1fr) minmax(0, 1.2fr)' } }}>
          <Card title="By check" note="records now; one may fail several">
            <Groups groups={known.data.groups} items={times.data?.items ?? NO_ITEMS} at={span} chosen={search.check} choose={(check) => { setChosen(new Set()); change({ check, record: undefined, view: undefined, move: undefined }); }} />
          </Card>
          <Card title={search.check ? `When they came: ${search.check}` : 'When they came'}>
            {times.data ? (
              <Arrivals dataset={dataset} check={search.check} items={times.data.items} at={span} grain={times.data.grain} held={held} />
            ) : times.error ? (
              <ErrorState error={times.error} retry={() => void times.refetch()} />
            ) : (
              <Loading rows={5} />
            )}
          </Card>
        </Box>
      )}
      {known.data && (
        <Paper sx={{ display: 'grid', gridTemplateColumns: { lg: 'minmax(400px, 1fr) minmax(0, 1.3fr)' }, height: 'min(760px, calc(100vh - 120px))', minHeight: 460, overflow: 'hidden' }}>
          <Box sx={{ display: { xs: side ? 'none' : 'flex', lg: 'flex' }, flexDirection: 'column', minHeight: 0, minWidth: 0, borderRight: { lg: 1 }, borderColor: { lg: 'divider' } }}>
            <Toolbar search={search} change={change} held={held} rows={rows} selected={selected} choose={setChosen} may={has(who, 'steward')} more={asked.hasNextPage} />
            {left && <Moves dataset={dataset} move={search.move} change={change} />}
            {!left && asked.error && !asked.data && <ErrorState error={asked.error} retry={() => void asked.refetch()} what="The records could not be shown" />}
            {!left && asked.isPending && <Loading rows={8} height={54} />}
            {!left && asked.data && rows.length === 0 && (
              <EmptyState title={search.check ? `No record fails ${search.check}` : 'Nothing is in quarantine'} level="p">
                {search.check ? 'Those that did have left, or fail for other reasons now.' : 'What the contract refuses will be here, as it came, with every reason.'}
              </EmptyState>
            )}
            {!left && rows.length > 0 && (
              <Records rows={rows} at={at} open={search.record} selected={chosen} go={show} select={select} more={asked.hasNextPage && !asked.isFetchingNextPage ? () => void asked.fetchNextPage() : undefined} />
            )}
          </Box>
          <Box component="section" aria-label="The record" sx={{ overflow: 'auto', minHeight: 0, minWidth: 0, display: { xs: side ? 'block' : 'none', lg: 'block' } }}>
            <Detail dataset={dataset} search={search} change={change} selected={selected} listed={rows} held={held} draft={draft} setDraft={setDraft} may={has(who, 'steward')} />
          </Box>
        </Paper>
      )}
      {total !== undefined && <Box sx={{ mt: 1, color: 'text.secondary' }}>{many(total, 'record')} in quarantine now</Box>}
    </Page>
  );
}
