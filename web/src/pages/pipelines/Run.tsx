/** One run: how it ended, whether its counts balance, where its time went, and what was found. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { run as one, TONE, type RunDetail } from '../../api/runs';
import { Copy, ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card, Page } from '../../components/Page';
import { Mark, Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago, Moment } from '../../components/Time';
import { many, span } from '../../lib/format';
import { ofRun } from './balance';
import { Batches } from './Batches';
import { Equation } from './Equation';
import { Checks, Findings, Log } from './Found';
import { Gantt } from './Gantt';
import { Replayed } from './Replayed';
import { Sections } from './Sections';

const route = getRouteApi('/frame/pipelines/runs/$run');

export function Run() {
  const { run: id } = route.useParams();
  const { data, error, refetch } = useQuery({ ...one(id), refetchInterval: ({ state }) => (state.data?.status === 'running' ? 2000 : interval()) });
  return (
    <Page
      title={data ? `${TITLE[data.verb]} of ${data.pipeline.split('/')[0] ?? ''}` : 'Run'}
      about={data && <Moment at={data.started_at} />}
      actions={<Copy text={globalThis.location.href} label="Copy link" />}
    >
      <Sections />
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} what="This run could not be shown" /> : <Loading rows={8} />)}
      {data && <Shown run={data} />}
    </Page>
  );
}

const TITLE: Record<RunDetail['verb'], string> = { run: 'Run', replay: 'Replay', drop: 'Drop' };

function Shown({ run }: { run: RunDetail }) {
  const equation = ofRun(run);
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Card title="How it went" note={<TextLink to="/pipelines/runs" search={{ pipeline: run.pipeline }}>Other runs</TextLink>}>
        <Box sx={{ px: 2, pb: 1.5, display: 'grid', gap: 0.75 }}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2, rowGap: 0.5 }}>
            <Status tone={TONE[run.status]}>{run.status}</Status>
            <span>
              {run.ended_at ? 'ended' : 'began'} <Ago at={run.ended_at ?? run.started_at} />
            </span>
            <span>
              {run.ended_at ? 'took' : 'so far'} {span(run.seconds)}
              <Box component="span" sx={{ color: 'text.secondary' }}>{compared(run)}</Box>
            </span>
            <Box component="span" sx={{ color: 'text.secondary' }}>on {run.host}</Box>
          </Box>
          {equation ? <Equation of={equation} /> : <Box sx={{ color: 'text.secondary' }}>No counts were written down.</Box>}
          {run.error && (
            <Box role="note" sx={{ display: 'flex', gap: 0.75, alignItems: 'baseline', overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
              <Mark tone={run.status === 'failed' ? 'critical' : 'unknown'} size={11} />
              {run.error}
            </Box>
          )}
        </Box>
      </Card>
      <Card title="Where its time went">
        <Gantt run={run} />
      </Card>
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { lg: '1fr 1fr' }, alignItems: 'start' }}>
        {run.verb === 'run' ? <Checks run={run} /> : <Replayed run={run} />}
        <Findings run={run} />
      </Box>
      {run.verb === 'run' && <Batches run={run} />}
      <Log run={run} />
    </Box>
  );
}

/** "twice the usual 4 s (median of 20 runs)". */
function compared({ usual, seconds }: RunDetail): string {
  if (!usual) return '';
  const times = usual.seconds > 0 ? seconds / usual.seconds : 1;
  const size = times >= 1.5 ? `, ${times.toFixed(1)} times` : ',';
  return `${size} ${times >= 1.5 ? 'the usual' : 'usually'} ${span(usual.seconds)} (median of ${many(usual.runs, 'run')})`;
}
