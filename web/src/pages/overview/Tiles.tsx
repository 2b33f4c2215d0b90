/** Four numbers, each a link to what it counts. Grey is the rule: only a count of what is wrong stands out. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { changes, fortnight, type Overview } from '../../api/dashboard';
import { interval } from '../../api/live';
import { BoxLink } from '../../components/BoxLink';
import { Sparkline } from '../../components/Sparkline';
import { count, points, share } from '../../lib/format';
import { against } from './words';

const sum = (counts: Record<string, number>, ...names: string[]) => names.reduce((all, each) => all + (counts[each] ?? 0), 0);

export function Tiles({ data }: { data: Overview | undefined }) {
  const days = useQuery({ ...fortnight, refetchInterval: interval }).data?.items;
  const late = useQuery({ ...changes, refetchInterval: interval }).data?.late.count;
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr 1fr', lg: 'repeat(4, minmax(0, 1fr))' }, gap: 1.5, mb: 1.5 }}>
      <Unhealthy data={data} />
      <Accepted data={data} scores={days?.map(({ score }) => score)} />
      <Late data={data} since={late} />
      <Open data={data} opened={days?.map(({ alerts }) => alerts)} />
    </Box>
  );
}

function Unhealthy({ data }: { data: Overview | undefined }) {
  const bad = data && sum(data.datasets, 'warning', 'critical');
  const all = data && Object.values(data.datasets).reduce((one, other) => one + other, 0);
  return (
    <Tile label="Datasets not healthy" value={count(bad)} loud={(bad ?? 0) > 0} ready={data !== undefined} note={data && `of ${count(all)}, ${count(data.datasets['critical'] ?? 0)} in trouble`} to={{ to: '/datasets' }} />
  );
}

function Accepted({ data, scores }: { data: Overview | undefined; scores: (number | null)[] | undefined }) {
  const { score, score_before: before } = data?.since_yesterday ?? { score: null, score_before: null };
  const change = score === null ? 'no records came' : before === null ? 'none came the day before' : `${points(score - before)} ${score < before ? 'lower' : 'higher'} than yesterday`;
  const same = score !== null && before !== null && Math.abs(score - before) < 0.00005;
  return (
    <Tile label="Records accepted, 24 h" value={share(score)} ready={data !== undefined} note={same ? 'as yesterday' : change} to={{ to: '/datasets', search: { sort: 'score' } }} line={scores} of="Share of records accepted, by the day" />
  );
}

function Late({ data, since }: { data: Overview | undefined; since: number | undefined }) {
  const found = data && sum(data.freshness, 'warn', 'fail', 'error');
  const unmeasured = data && sum(data.freshness, 'unmeasured', 'skip');
  const measured = data && Object.values(data.freshness).reduce((one, other) => one + other, 0) - (unmeasured ?? 0);
  const note = measured === 0 ? (data?.simulated ? 'not measured: the records are simulated' : 'not measured yet') : `of ${count(measured)} measured, ${since === undefined ? '–' : since === 0 ? 'none' : count(since)} newly since yesterday`;
  return (
    <Tile label="Datasets late" value={measured === 0 ? '–' : count(found)} loud={(found ?? 0) > 0} ready={data !== undefined} note={note} to={{ to: '/datasets', search: { sort: 'age' } }} />
  );
}

function Open({ data, opened }: { data: Overview | undefined; opened: number[] | undefined }) {
  const found = data && sum(data.alerts, 'open', 'acknowledged');
  const critical = data?.severities['CRITICAL'] ?? 0;
  const since = data?.since_yesterday;
  return (
    <Tile label="Alerts open" value={count(found)} loud={critical > 0} ready={data !== undefined} note={since && `${critical > 0 ? `${count(critical)} critical; ` : ''}${against(since.alerts, since.alerts_before, 'opened')}`} to={{ to: '/alerts' }} line={opened} of="Alerts opened, by the day" />
  );
}

interface TileProps {
  label: string;
  value: string;
  note: ReactNode;
  ready: boolean;
  loud?: boolean;
  to: LinkProps;
  line?: readonly (number | null)[] | undefined;
  of?: string;
}

function Tile({ label, value, note, ready, loud, to, line, of }: TileProps) {
  return (
    <BoxLink {...to} sx={{ px: 2, py: 1.5, border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', minHeight: 104, display: 'flex', flexDirection: 'column', gap: 0.25 }}>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {label}
      </Box>
      <Box component="span" sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 1 }}>
        <Box component="span" sx={{ fontSize: { xs: '1.125rem', sm: '1.5rem' }, lineHeight: 1.25, fontWeight: loud ? 700 : 500 }}>
          {ready ? value : <Box component="span" sx={{ display: 'inline-block', width: 64, height: 12, borderRadius: 1, bgcolor: 'divider' }} />}
        </Box>
        {line && of && (
          <Box component="span" sx={{ display: { xs: 'none', sm: 'flex' } }}>
            <Sparkline values={line} label={of} width={84} />
          </Box>
        )}
      </Box>
      <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
        {ready ? note : ' '}
      </Box>
    </BoxLink>
  );
}
