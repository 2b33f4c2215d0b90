/** How the server itself is: whether what it needs answers, what runs, and what waits. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { system, type SystemStatus } from '../../api/dashboard';
import { interval } from '../../api/live';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import type { Tone } from '../../lib/color';
import { count, many } from '../../lib/format';

export function System() {
  const { data, error, refetch } = useQuery({ ...system, refetchInterval: interval });
  return (
    <Card title="The server" note={data && `version ${data.version}`}>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={4} height={26} />)}
      {data && <Facts data={data} />}
    </Card>
  );
}

function Facts({ data }: { data: SystemStatus }) {
  const [failed, due] = [data.deliveries['failed'] ?? 0, data.deliveries['due'] ?? 0];
  const [waiting, working] = [data.jobs['waiting'] ?? 0, data.jobs['running'] ?? 0];
  const runs = data.running.length;
  return (
    <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: '120px 1fr', rowGap: 0.5, m: 0, px: 2, pt: 0.5, pb: 1.5, '& dt': { color: 'text.secondary' }, '& dd': { m: 0, minWidth: 0, overflowWrap: 'anywhere' } }}>
      <Fact name="Store">
        <Well said={data.store} /> ({data.database})
      </Fact>
      <Fact name="Lake">
        <Well said={data.lake} />
      </Fact>
      <Fact name="Running now">{runs === 0 ? 'no pipeline' : `${data.running.slice(0, 3).join(', ')}${runs > 3 ? ` and ${count(runs - 3)} more` : ''}`}</Fact>
      <Fact name="Work">{working + waiting === 0 ? 'none waits' : `${count(working)} under way, ${count(waiting)} waiting`}</Fact>
      <Fact name="Messages">{failed > 0 ? <Status tone={'critical' satisfies Tone}>{`${count(failed)} could not be sent`}</Status> : due === 0 ? 'all sent' : `${count(due)} on their way`}</Fact>
      <Fact name="Up">
        since <Ago at={data.started_at} />, {many(data.listeners, 'listener')}
      </Fact>
    </Box>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Well({ said }: { said: string }) {
  return said === 'ok' ? 'answers' : <Status tone="critical">{said}</Status>;
}
