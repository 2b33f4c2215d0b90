/** A file that the server has: its check as it goes on, then what came of it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { useQuery } from '@tanstack/react-query';
import { job as oneJob } from '../../api/jobs';
import { check as oneCheck, ended, type Accepted, type FullCheck } from '../../api/quality';
import { Mark } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { bytes, count, many, score } from '../../lib/format';
import { reached, STEPS, verdict } from './verdict';

export function Following({ accepted, done }: { accepted: Accepted; done: () => void }) {
  const { data: check } = useQuery(oneCheck(accepted.check_id));
  const [tone, word] = check ? verdict(check) : verdict({ status: 'waiting', below: [] });
  const over = check !== undefined && ended(check);
  return (
    <>
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
          <Mark tone={tone} />
          <TextLink to="/quality/checks/$check" params={{ check: accepted.check_id }} sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={accepted.file_name}>
            {accepted.file_name}
          </TextLink>
          <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{bytes(accepted.size)}</Box>
        </Box>
        <Box role="status" sx={{ pl: 2.5, overflowWrap: 'anywhere', color: check?.status === 'failed' ? 'text.primary' : 'text.secondary' }}>
          {over ? told(check, word) : <Doing jobId={accepted.job_id} />}
        </Box>
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        {check?.status === 'done' && (
          <Box component="span" sx={{ fontSize: '1.25rem', fontWeight: check.below.length > 0 ? 700 : 400 }} aria-label={`score ${score(check.score)}`}>
            {score(check.score)}
          </Box>
        )}
        {over && <Button onClick={done} aria-label={`Take ${accepted.file_name} off this list`}>Dismiss</Button>}
      </Box>
    </>
  );
}

function told(check: FullCheck, word: string): string {
  if (check.status === 'failed') return `Could not be checked: ${check.error ?? 'no reason is known'}`;
  const size = `${many(check.rows ?? 0, 'row')}, ${many(check.columns ?? 0, 'column')}`;
  const breaches = check.report?.breaches.length ?? 0;
  return `${size}; ${word}${breaches > 0 ? `: ${many(breaches, 'finding')}` : ''}, source ${check.source_name}`;
}

/** What the background is at, step by step. */
export function Doing({ jobId }: { jobId: string | null }) {
  const { data } = useQuery({ ...oneJob(jobId ?? ''), enabled: jobId !== null });
  const step = data?.progress?.['step'];
  const at = reached(step);
  const rows = Number(data?.progress?.['rows'] ?? 0);
  const name = at < 0 ? 'Waiting for its turn' : Object.values(STEPS)[at];
  return (
    <>
      <LinearProgress variant="determinate" value={((at + 1) / (Object.keys(STEPS).length + 1)) * 100} aria-label="The check" sx={{ my: 0.5, maxWidth: 420 }} />
      {name}
      {rows > 0 && `, ${count(rows)} rows`}
    </>
  );
}
