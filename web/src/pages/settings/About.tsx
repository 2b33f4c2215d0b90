/** What runs here: the version, what it keeps data in, and what it has to do. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { overview, system, type SystemStatus } from '../../api/dashboard';
import { interval } from '../../api/live';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { Ago, Moment } from '../../components/Time';
import { count, many } from '../../lib/format';

export function About() {
  const { data, error, refetch } = useQuery({ ...system, refetchInterval: interval });
  const { data: project } = useQuery(overview);
  return (
    <Card title={project ? `Project ${project.project}` : 'This server'} note={project?.simulated ? 'simulated records' : undefined}>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={7} />)}
      {data && <Facts of={data} datasets={project ? Object.values(project.datasets).reduce((sum, each) => sum + each, 0) : undefined} />}
    </Card>
  );
}

const DATABASES: Record<string, string> = { sqlite: 'SQLite', postgresql: 'Postgres' };

function Facts({ of, datasets }: { of: SystemStatus; datasets: number | undefined }) {
  return (
    <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: { xs: '110px 1fr', sm: '160px 1fr' }, rowGap: 1, m: 0, px: 2, pt: 1, pb: 2, '& dt': { color: 'text.secondary' }, '& dd': { m: 0, minWidth: 0, overflowWrap: 'anywhere' } }}>
      <Fact name="Version">SentinelDQ {of.version}</Fact>
      <Fact name="Running">
        since <Moment at={of.started_at} /> (<Ago at={of.started_at} />)
      </Fact>
      <Fact name="Store">
        {DATABASES[of.database] ?? of.database}, <Well said={of.store} />
      </Fact>
      <Fact name="Lake">
        <Well said={of.lake} />
      </Fact>
      <Fact name="Datasets">{count(datasets)}</Fact>
      <Fact name="Pipelines">{of.running.length > 0 ? `running: ${of.running.join(', ')}` : 'none is running'}</Fact>
      <Fact name="Work">{numbers(of.jobs)}</Fact>
      <Fact name="Messages">{numbers(of.deliveries)}</Fact>
      <Fact name="Listening">{many(of.listeners, 'page')}</Fact>
      <Fact name="API">
        <Box component="a" href="/api/v1/openapi.json" sx={{ color: 'primary.main' }}>openapi.json</Box>
      </Fact>
      <Fact name="Licence">Apache 2.0</Fact>
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
  return <Status tone={said === 'ok' ? 'ok' : 'critical'}>{said === 'ok' ? 'answers' : said}</Status>;
}

/** How many there are of each state, those without any left out. */
function numbers(of: Record<string, number>): string {
  const found = Object.entries(of).filter(([, number]) => number > 0);
  return found.length > 0 ? found.map(([state, number]) => `${count(number)} ${state}`).join(', ') : 'nothing waits';
}
