/** How far a trial or a replay is, and what came of it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { cancelJob, job as one, over, type Job } from '../../api/jobs';
import { moves, type Outcome as Told } from '../../api/quarantine';
import { ErrorState } from '../../components/ErrorState';
import { Mark, Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { count, many, span } from '../../lib/format';
import { Equation } from './Equation';
import { ofRun } from './balance';

export function Outcome({ dataset, id, may }: { dataset: string; id: string; may: boolean }) {
  const { data, error, refetch } = useQuery(one(id));
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} what="This replay could not be shown" />;
  if (!data || !over(data)) return <Going job={data} may={may} />;
  if (data.state === 'cancelled') return <Status tone="unknown">Cancelled: what was done stays done</Status>;
  if (data.state === 'failed' || data.result === null) {
    return (
      <Box role="alert" sx={{ display: 'flex', gap: 0.75, alignItems: 'baseline', overflowWrap: 'anywhere' }}>
        <Mark tone="critical" />
        <span>{data.error ?? 'It failed, and nothing was said of why'}</span>
      </Box>
    );
  }
  return <Done dataset={dataset} told={data.result as unknown as Told} />;
}

function Going({ job, may }: { job: Job | undefined; may: boolean }) {
  const stop = useMutation({ mutationFn: cancelJob });
  const of = (name: string) => (typeof job?.progress?.[name] === 'number' ? job.progress[name] : undefined);
  const [tried, records] = [of('tried'), of('records')];
  const known = tried !== undefined && records !== undefined && records > 0;
  return (
    <Box role="status">
      <LinearProgress aria-label="How far it is" {...(known ? { variant: 'determinate', value: (tried / records) * 100 } : {})} sx={{ mb: 1 }} />
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <span>{job?.state === 'waiting' ? 'It waits for its turn' : known ? `${count(tried)} of ${many(records, 'record')} tried` : 'Trying…'}</span>
        {job && may && (
          <Button disabled={stop.isPending} onClick={() => { stop.mutate(job.job_id); }}>
            Stop
          </Button>
        )}
      </Box>
      {stop.error && <ErrorState error={stop.error} what="It could not be stopped" />}
    </Box>
  );
}

function Done({ dataset, told }: { dataset: string; told: Told }) {
  const equation = ofRun({ verb: 'replay', counts: { ...told } });
  return (
    <Box role="status" data-outcome={told.dry_run ? 'trial' : 'replay'} sx={{ display: 'grid', gap: 1 }}>
      <Box sx={{ fontWeight: 600 }}>
        {told.dry_run
          ? `Tried ${many(told.tried, 'record')}, moved none: ${count(told.recovered)} would go to silver`
          : `${many(told.recovered, 'record')} went to silver`}
      </Box>
      {equation && <Equation of={equation} />}
      <Box sx={{ color: 'text.secondary' }}>
        By contract {told.contract ?? 'of the project'}, in {span(told.seconds)}.
        {told.unfit > 0 && ` ${many(told.unfit, 'record')} did not fit the patch, and ${told.unfit === 1 ? 'was' : 'were'} tried as ${told.unfit === 1 ? 'it is' : 'they are'}.`}
      </Box>
      {told.reasons.length > 0 && (
        <Box>
          <Box sx={{ mb: 0.5 }}>{told.dry_run ? 'Would still be refused, by' : 'Still refused, by'}</Box>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {told.reasons.map(({ check, records, message }) => (
              <Box component="li" key={check} sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', columnGap: 1.5, py: 0.5, borderTop: 1, borderColor: 'divider' }}>
                <Box sx={{ overflowWrap: 'anywhere' }}>
                  {check}
                  <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{message}</Box>
                </Box>
                <span>{count(records)}</span>
              </Box>
            ))}
          </Box>
        </Box>
      )}
      {!told.dry_run && told.run_id !== null && <Links dataset={dataset} run={told.run_id} recovered={told.recovered} />}
    </Box>
  );
}

/** Where the rows are now, and the replay as a run. */
function Links({ dataset, run, recovered }: { dataset: string; run: string; recovered: number }) {
  const { data } = useInfiniteQuery(moves(dataset));
  const move = data?.pages.flatMap((page) => page.items).find((each) => each.run_id === run)?.move;
  return (
    <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
      {recovered > 0 && (
        <TextLink to="/pipelines/quarantine/$dataset" params={{ dataset }} search={{ view: 'left', ...(move ? { move } : {}) }}>
          See the {many(recovered, 'row')} in silver
        </TextLink>
      )}
      <TextLink to="/pipelines/runs/$run" params={{ run }}>
        The replay as a run
      </TextLink>
    </Box>
  );
}
