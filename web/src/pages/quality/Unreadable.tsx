/** A file that could not be checked: why, and what to do. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useQuery } from '@tanstack/react-query';
import { alertsOf, type FullCheck } from '../../api/quality';
import { Mark } from '../../components/Status';
import { TextLink } from '../../components/TextLink';

export function Unreadable({ check }: { check: FullCheck }) {
  const { data: alerts } = useQuery(alertsOf(check.check_id));
  const cancelled = check.error === 'cancelled';
  return (
    <Paper sx={{ p: 2, display: 'flex', gap: 1.25 }}>
      <Box sx={{ pt: 0.5 }}>
        <Mark tone={cancelled ? 'unknown' : 'critical'} size={14} />
      </Box>
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Box component="h2" sx={{ typography: 'h2', m: 0 }}>{cancelled ? 'The check was cancelled' : 'The file could not be checked'}</Box>
        {!cancelled && <Box sx={{ mt: 0.5 }}>{check.error ?? 'No reason is known.'}</Box>}
        <Box sx={{ mt: 0.5, color: 'text.secondary' }}>Nothing of it is kept. Mend it and upload it again, to the same source.</Box>
        {alerts?.map((alert) => (
          <Box key={alert.alert_id} sx={{ mt: 1 }}>
            <TextLink to="/alerts" search={{ alert: alert.alert_id, ...(alert.status === 'resolved' ? { tab: 'resolved' as const } : {}) }}>Its alert</TextLink>, {alert.status}
          </Box>
        ))}
      </Box>
    </Paper>
  );
}
