/** What needs somebody: the worst alerts that nobody has taken on yet first, ten at most. */
import Box from '@mui/material/Box';
import { useInfiniteQuery } from '@tanstack/react-query';
import { alerts, type Alert } from '../../api/alerts';
import { interval } from '../../api/live';
import { BoxLink } from '../../components/BoxLink';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark, severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { many } from '../../lib/format';

const MOST = 8;
const RANK: Record<Alert['severity'], number> = { CRITICAL: 0, WARNING: 1, INFO: 2 };

/** The worst first; what another alert explains is told with that one, and INFO can wait. */
export function pressing(found: readonly Alert[]): Alert[] {
  const here = new Set(found.map((each) => each.alert_id));
  return found
    .filter((each) => each.severity !== 'INFO' && !(each.cause !== null && here.has(each.cause)))
    .sort(
      (one, other) =>
        RANK[one.severity] - RANK[other.severity] ||
        Number(one.status !== 'open') - Number(other.status !== 'open') ||
        other.opened_at.localeCompare(one.opened_at),
    );
}

export function Attention() {
  const { data, error, refetch } = useInfiniteQuery({
    ...alerts({ status: ['open', 'acknowledged'] }),
    refetchInterval: interval,
  });
  const all = data?.pages.flatMap((page) => page.items);
  const found = all && pressing(all);
  return (
    <Card title="Needs attention" note={<TextLink to="/alerts">All alerts</TextLink>}>
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!error && !found && <Loading rows={4} height={52} />}
      {found?.length === 0 && (
        <EmptyState title="Nothing needs you" level="h3">
          No critical alert and no warning is open.
        </EmptyState>
      )}
      {found && found.length > 0 && (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
          {found.slice(0, MOST).map((each) => (
            <Line key={each.alert_id} alert={each} explained={all.filter((other) => other.cause === each.alert_id).length} />
          ))}
        </Box>
      )}
    </Card>
  );
}

function Line({ alert, explained }: { alert: Alert; explained: number }) {
  const [tone, word] = severity(alert.severity);
  return (
    <Box component="li" sx={{ borderTop: 1, borderColor: 'divider' }}>
      <BoxLink
        to="/alerts"
        search={{ alert: alert.alert_id }}
        sx={{ display: 'flex', gap: 1.25, px: 2, py: 1 }}
      >
        <Box sx={{ pt: 0.25 }}>
          <Mark tone={tone} />
        </Box>
        <Box sx={{ minWidth: 0 }}>
          <Box sx={{ overflowWrap: 'anywhere' }}>{alert.title}</Box>
          <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
            {word} · <Ago at={alert.opened_at} /> · {alert.assignee ?? 'unassigned'}
            {explained > 0 && ` · explains ${many(explained, 'other')}`}
          </Box>
        </Box>
      </BoxLink>
    </Box>
  );
}
