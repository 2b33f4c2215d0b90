/** What is otherwise than yesterday at this time, each thing with a link to its place. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { changes, type Change, type Changed } from '../../api/dashboard';
import { interval } from '../../api/live';
import { BoxLink } from '../../components/BoxLink';
import { placeOf } from '../../components/DatasetLink';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark, severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import type { Tone } from '../../lib/color';
import { count, many } from '../../lib/format';

type Kind = Exclude<keyof Changed, 'since'>;

/** Alerts stand above already. */
const MOST: Partial<Record<Kind, number>> = { alerts: 3 };

interface Group {
  kind: Kind;
  title: (number: number) => string;
  all: LinkProps;
  tone: (change: Change) => Tone;
}

const GROUPS: readonly Group[] = [
  { kind: 'late', title: (number) => `${many(number, 'dataset')} newly late`, all: { to: '/datasets', search: { sort: 'age' } }, tone: () => 'warn' },
  { kind: 'runs', title: (number) => `${many(number, 'run')} failed`, all: { to: '/pipelines/runs' }, tone: () => 'critical' },
  { kind: 'alerts', title: (number) => `${many(number, 'alert')} opened`, all: { to: '/alerts' }, tone: (change) => severity(change.severity ?? '')[0] },
  { kind: 'drift', title: (number) => `Drift found in ${many(number, 'dataset')}`, all: { to: '/drift' }, tone: () => 'unknown' },
  { kind: 'contracts', title: (number) => `${many(number, 'contract')} changed`, all: { to: '/datasets' }, tone: () => 'unknown' },
];

/** Where a change is to be seen. */
function place(kind: Kind, change: Change): LinkProps {
  if (kind === 'alerts' && change.id) return { to: '/alerts', search: { alert: change.id } };
  if (kind === 'runs' && change.id) return { to: '/pipelines/runs/$run', params: { run: change.id } };
  if (kind === 'contracts' && change.dataset !== null) return { to: '/datasets/$name/contract', params: { name: change.dataset } };
  return change.dataset === null ? { to: '/datasets' } : placeOf(change.dataset);
}

export function Changes() {
  const { data, error, refetch } = useQuery({ ...changes, refetchInterval: interval });
  const found = data && GROUPS.filter(({ kind }) => data[kind].count > 0);
  return (
    <Card title="Changed since yesterday" note="in the last 24 hours">
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={4} />)}
      {found?.length === 0 && (
        <EmptyState title="Nothing is otherwise than yesterday" level="h3">
          No alert was opened, no contract changed, no run failed, no drift was found, and nothing is newly late.
        </EmptyState>
      )}
      {data && found?.map((group) => <Part key={group.kind} group={group} number={data[group.kind].count} items={data[group.kind].items.slice(0, MOST[group.kind])} />)}
    </Card>
  );
}

function Part({ group: { kind, title, all, tone }, number, items }: { group: Group; number: number; items: readonly Change[] }) {
  return (
    <Box component="section" sx={{ borderTop: 1, borderColor: 'divider', py: 1 }}>
      <Box sx={{ display: 'flex', px: 2, gap: 1, alignItems: 'baseline' }}>
        <Typography variant="h3" sx={{ flex: 1 }}>
          {title(number)}
        </Typography>
        {number > items.length && <TextLink {...all}>All {count(number)}</TextLink>}
      </Box>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {items.map((each) => (
          <li key={`${each.at}${each.dataset ?? ''}${each.id ?? ''}`}>
            <BoxLink {...place(kind, each)} sx={{ display: 'flex', gap: 1.25, px: 2, py: 0.5, alignItems: 'baseline' }}>
              <Mark tone={tone(each)} size={10} />
              <Box component="span" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                {each.dataset && kind !== 'alerts' ? `${each.dataset}: ${each.title}` : each.title}
              </Box>
              <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap', fontSize: '0.8125rem' }}>
                <Ago at={each.at} />
              </Box>
            </BoxLink>
          </li>
        ))}
      </Box>
    </Box>
  );
}
