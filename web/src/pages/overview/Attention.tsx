/** What needs somebody: the worst alerts that nobody has taken on yet first, eight at most. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { attention, type Pressing } from '../../api/dashboard';
import { interval } from '../../api/live';
import { BoxLink } from '../../components/BoxLink';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark, severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { count, many } from '../../lib/format';

export function Attention() {
  const { data, error, refetch } = useQuery({ ...attention, refetchInterval: interval });
  const more = data && data.total > data.items.length;
  return (
    <Card title="Needs attention" note={<TextLink to="/alerts">{more ? `All ${count(data.total)} alerts` : 'All alerts'}</TextLink>}>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={4} height={52} />)}
      {data?.items.length === 0 && (
        <EmptyState title="Nothing needs you" level="h3">
          No critical alert and no warning is open.
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
          {data.items.map((each) => (
            <Line key={each.alert_id} alert={each} />
          ))}
        </Box>
      )}
    </Card>
  );
}

function Line({ alert }: { alert: Pressing }) {
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
            {alert.explains > 0 && ` · explains ${many(alert.explains, 'other')}`}
          </Box>
        </Box>
      </BoxLink>
    </Box>
  );
}
