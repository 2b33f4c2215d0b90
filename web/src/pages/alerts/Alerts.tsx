/** The inbox: what is wrong, whose it is, and what is done about it, by mouse and by keyboard. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { alerts as list, summary, type Action, type Alert } from '../../api/alerts';
import { interval } from '../../api/live';
import { may, me } from '../../api/session';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { useKeys } from '../../lib/keys';
import { useSteady } from '../../lib/steady';
import { useActions } from './actions';
import { AlertDetail } from './AlertDetail';
import { AlertList } from './AlertList';
import { Ask, type Asking } from './dialogs';
import { Filters } from './Filters';
import { Nothing } from './Nothing';
import { matches, ordered } from './order';
import { search as kept, wanted, type Change } from './search';
import { Said, Toolbar } from './Toolbar';

const route = getRouteApi('/frame/alerts');
const NO_ALERTS: Alert[] = [];

export function Alerts() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: who } = useQuery(me);
  const asked = useInfiniteQuery({ ...list(wanted(search, who?.name)), refetchInterval: interval });
  const { data: counts } = useQuery({ ...summary, refetchInterval: interval });
  const actions = useActions();
  const [over, setOver] = useState(false);
  const [at, setAt] = useState(search.alert);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking>();
  const filter = useRef<HTMLInputElement>(null);
  const can = may(who, 'steward');

  const { tab = 'open', q, alert: open } = search;
  const found = useMemo(() => {
    const all = asked.data?.pages.flatMap((page) => page.items) ?? NO_ALERTS;
    return q ? all.filter((each) => matches(each, q)) : all;
  }, [asked.data, q]);
  const fresh = useMemo(() => ordered(found, unfolded, tab === 'resolved'), [found, unfolded, tab]);
  const key = JSON.stringify([tab, q, search.severity, search.dataset, [...unfolded], actions.last?.text, actions.busy]);
  const { rows, waiting } = useSteady(fresh, { held: over && !actions.busy, key, id: (row) => row.alert.alert_id });

  const place = rows.findIndex((row) => row.alert.alert_id === at);
  const remembered = useRef(0);
  useEffect(() => {
    if (place >= 0) remembered.current = place;
  }, [place]);

  const change = (next: Change, replace = false) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace });
  };
  const show = (id: string | undefined) => {
    if (id !== undefined) setAt(id);
    void navigate({ search: ({ alert: _, ...rest }) => (id === undefined ? rest : { ...rest, alert: id }), replace: open !== undefined });
  };
  const move = (by: number) => {
    const from = place >= 0 ? place : by > 0 ? remembered.current - 1 : remembered.current;
    const to = rows[Math.min(Math.max(from + by, 0), rows.length - 1)];
    if (!to) return;
    setAt(to.alert.alert_id);
    if (open !== undefined) show(to.alert.alert_id);
  };
  /** What an action is about: what is selected, or else the alert under the cursor. */
  const subject = (): Alert[] => {
    const chosen = rows.filter((row) => selected.has(row.alert.alert_id)).map((row) => row.alert);
    const single = rows.find((row) => row.alert.alert_id === (at ?? open))?.alert;
    return chosen.length > 0 ? chosen : single ? [single] : [];
  };
  const run = (action: Action) => {
    const about = subject();
    if (can && about.length > 0 && !actions.busy) actions.run(about, action);
  };
  const ask = (what: Asking) => {
    if (can && subject().length > 0) setAsking(what);
  };
  const select = (id: string) => {
    setSelected((before) => toggled(before, id));
  };
  const unfold = (id: string) => {
    setUnfolded((before) => toggled(before, id));
  };

  useKeys({
    j: () => { move(1); },
    k: () => { move(-1); },
    x: () => { if (at) select(at); },
    e: () => { run({ verb: 'acknowledge' }); },
    r: () => { ask('resolve'); },
    s: () => { ask('snooze'); },
    a: () => { ask('assign'); },
    u: () => { actions.undo(); },
    '/': () => { filter.current?.focus(); },
    Enter: (event) => {
      if (at && !(event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement)) show(at);
      else if (event.target instanceof HTMLElement) event.target.click();
    },
    Escape: () => { show(undefined); },
    ArrowRight: () => { if (at && !unfolded.has(at)) unfold(at); },
    ArrowLeft: () => { if (at && unfolded.has(at)) unfold(at); },
  });

  return (
    <Page title="Alerts" about="What is wrong, whose it is, and what is done about it.">
      <Filters search={search} change={change} counts={counts} input={filter} />
      <Paper sx={{ display: 'grid', gridTemplateColumns: { lg: 'minmax(440px, 1fr) minmax(0, 1.2fr)' }, height: { xs: 'calc(100vh - 250px)', md: 'calc(100vh - 266px)' }, minHeight: 420, overflow: 'hidden' }}>
        <Box sx={{ display: { xs: open ? 'none' : 'flex', lg: 'flex' }, flexDirection: 'column', minHeight: 0, minWidth: 0, borderRight: { lg: 1 }, borderColor: { lg: 'divider' } }}>
          <Toolbar
            selected={selected}
            clear={() => { setSelected(new Set()); }}
            all={() => { setSelected(new Set(rows.map((row) => row.alert.alert_id))); }}
            can={can}
            run={run}
            ask={ask}
            shown={found.length}
            waiting={waiting}
            take={() => { setOver(false); }}
            more={asked.hasNextPage ? () => void asked.fetchNextPage() : undefined}
            busy={asked.isFetchingNextPage || asked.isPlaceholderData}
          />
          {asked.error && !asked.data && <ErrorState error={asked.error} retry={() => void asked.refetch()} what="The alerts could not be shown" />}
          {asked.isPending && <Loading rows={8} height={60} />}
          {asked.data && rows.length === 0 && <Nothing search={search} change={change} counts={counts} />}
          {rows.length > 0 && (
            <AlertList rows={rows} at={at} open={open} selected={selected} go={show} select={select} unfolded={unfolded} unfold={unfold} hover={setOver} />
          )}
        </Box>
        <Box component="section" aria-label="The alert" sx={{ overflow: 'auto', minHeight: 0, minWidth: 0, display: { xs: open ? 'block' : 'none', lg: 'block' } }}>
          {open ? (
            <AlertDetail
              id={open}
              can={can}
              close={() => { show(undefined); }}
              go={show}
              run={(action) => { about(open, (alert) => { actions.run([alert], action); }); }}
              ask={(what) => {
                setSelected(new Set());
                setAt(open);
                setAsking(what);
              }}
            />
          ) : (
            <EmptyState title="No alert is open" level="p">
              <p>
                Choose one, or press <kbd>j</kbd> and <kbd>Enter</kbd>. <kbd>?</kbd> lists all keys.
              </p>
            </EmptyState>
          )}
        </Box>
      </Paper>
      <Said actions={actions} />
      {asking && (
        <Ask
          asking={asking}
          size={Math.max(subject().length, 1)}
          name={who?.name ?? ''}
          answer={(action) => {
            setAsking(undefined);
            if (action) run(action);
          }}
        />
      )}
    </Page>
  );

  function about(id: string, then: (alert: Alert) => void): void {
    const row = rows.find((each) => each.alert.alert_id === id)?.alert ?? found.find((each) => each.alert_id === id);
    if (row) then(row);
  }
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
