/** What changed in a contract since the one that the newest refused records were judged by, and whom it breaks. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { useQuery } from '@tanstack/react-query';
import { diff, IMPACT, type Change } from '../../api/contracts';
import type { Detail } from '../../api/dataset';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { many } from '../../lib/format';

export function Changes({ dataset }: { dataset: Detail }) {
  const judged = dataset.pipeline !== null;
  const { data, error, refetch } = useQuery({ ...diff(dataset.name), enabled: judged });
  if (!judged) {
    return (
      <Paper>
        <EmptyState title="Nothing is judged by it">A gold table is made of others: its contract is compared with no earlier one.</EmptyState>
      </Paper>
    );
  }
  if (!data) return error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={4} />;
  if (data.pinned === null || data.same) {
    return (
      <Paper>
        <EmptyState title={data.pinned === null ? 'Nothing was judged yet' : 'Nothing has changed'}>
          {data.pinned === null ? 'The first records that are refused pin the contract they were judged by.' : `The records in quarantine were judged by this very contract, version ${data.current_version}.`}
        </EmptyState>
      </Paper>
    );
  }
  return (
    <Card title={`From ${data.pinned_version ?? 'unknown'} to ${data.current_version}`} note={<Status tone={data.breaking ? 'critical' : 'ok'}>{data.breaking ? 'breaking' : 'breaks nobody'}</Status>}>
      <Box sx={{ px: 2, pb: 1, color: 'text.secondary' }}>
        {many(data.changes.length, 'change')} since the pinned contract <code>{data.pinned}</code>, worst first; now <code>{data.current}</code>.
      </Box>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {data.changes.map((change) => (
          <Line key={`${change.rule} ${change.path}`} change={change} />
        ))}
      </Box>
    </Card>
  );
}

function Line({ change }: { change: Change }) {
  return (
    <Box component="li" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
      <Box sx={{ overflowWrap: 'anywhere' }}>{change.message}</Box>
      <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', color: 'text.secondary', fontSize: '0.8125rem' }}>
        <span>
          {change.kind} · <code>{change.path}</code>
        </span>
        <Status tone={IMPACT[change.producers]}>{change.producers} for who delivers</Status>
        <Status tone={IMPACT[change.consumers]}>{change.consumers} for who reads</Status>
      </Box>
    </Box>
  );
}
