/** The newest runs, and how they ended. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { interval } from '../../api/live';
import { runs, TONE } from '../../api/runs';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { span } from '../../lib/format';

export function Runs() {
  const { data, error, refetch } = useQuery({ ...runs(5), refetchInterval: interval });
  return (
    <Card title="Latest runs" note={<TextLink to="/pipelines">All runs</TextLink>}>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={3} />)}
      {data?.items.length === 0 && (
        <EmptyState title="Nothing has run yet" level="h3">
          <code>sentinel run</code> brings what the sources have.
        </EmptyState>
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
        {data?.items.map((each) => (
          <Box component="li" key={each.run_id} sx={{ display: 'grid', gridTemplateColumns: '1fr auto 60px 80px', gap: 1, px: 2, py: 0.875, borderTop: 1, borderColor: 'divider' }}>
            <Box sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{each.pipeline}</Box>
            <Status tone={TONE[each.status]}>{each.status}</Status>
            <Box sx={{ textAlign: 'right', color: 'text.secondary' }}>{span(each.seconds)}</Box>
            <Box sx={{ textAlign: 'right', color: 'text.secondary', whiteSpace: 'nowrap' }}>
              <Ago at={each.started_at} />
            </Box>
          </Box>
        ))}
      </Box>
    </Card>
  );
}
