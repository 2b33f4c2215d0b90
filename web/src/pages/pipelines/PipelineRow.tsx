/** One pipeline: how its last runs went, when it is due, and where its records are. */
import Box from '@mui/material/Box';
import { TONE, type Pipeline } from '../../api/runs';
import { Mark, Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { useNow } from '../../lib/clock';
import { ago, span } from '../../lib/format';
import { ofTables } from './balance';
import { Equation } from './Equation';
import { RunStrip } from './RunStrip';

export function PipelineRow({ pipeline }: { pipeline: Pipeline }) {
  const { name, dataset, source, runs, balance, problem, fault } = pipeline;
  const last = runs[0];
  const succeeded = runs.filter(({ status }) => status === 'succeeded').length;
  return (
    <Box component="li" data-pipeline={name} sx={{ px: 2, py: 1.5, borderTop: 1, borderColor: 'divider', display: 'grid', gap: 1, gridTemplateColumns: { md: 'minmax(140px, 1fr) auto minmax(220px, 2fr)' }, alignItems: 'center' }}>
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          <TextLink to="/pipelines/runs" search={{ pipeline: name }}>
            {name}
          </TextLink>
        </Box>
        <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
          {[source, dataset === name ? undefined : `fills ${dataset}`].filter(Boolean).join(', ')}
        </Box>
        <Due pipeline={pipeline} />
      </Box>
      <RunStrip runs={runs} of={name} />
      <Box sx={{ minWidth: 0 }}>
        {last && (
          <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, mb: 0.5 }}>
            <Status tone={TONE[last.status]}>{last.status}</Status>
            <span>
              <Ago at={last.started_at} />, in {span(last.seconds)}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {pipeline.usual_seconds !== null && succeeded > 1 && ` (usually ${span(pipeline.usual_seconds)}, median of ${succeeded})`}
              </Box>
            </span>
          </Box>
        )}
        {last?.error && last.status === 'failed' && <Box sx={{ overflowWrap: 'anywhere', mb: 0.5 }}>{last.error}</Box>}
        {balance && <Equation of={ofTables(balance)} />}
        {balance && balance.quarantine > 0 && (
          <TextLink to="/pipelines/quarantine/$dataset" params={{ dataset }}>
            See what is in quarantine
          </TextLink>
        )}
        {[fault, problem].filter(Boolean).map((each) => (
          <Box key={each} sx={{ display: 'flex', gap: 0.75, alignItems: 'baseline', overflowWrap: 'anywhere' }}>
            <Mark tone="critical" size={11} />
            {each}
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function Due({ pipeline: { schedule } }: { pipeline: Pipeline }) {
  const now = useNow();
  const next = schedule?.next_due == null ? 'never due' : schedule.kept ? `next ${ago(schedule.next_due, now)}` : 'nobody keeps to it now';
  return (
    <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }} title={schedule?.kept === false ? 'sentinel run --watch does' : undefined}>
      {schedule ? `${schedule.text}, ${next}` : 'no schedule'}
    </Box>
  );
}
