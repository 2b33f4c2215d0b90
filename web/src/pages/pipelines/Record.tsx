/** One record of quarantine: what is wrong at which place, what a replay would make of it, and where it came from. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError } from '../../api/errors';
import { interval } from '../../api/live';
import { record, type Place, type RefusedDetail } from '../../api/quarantine';
import { Copy, ErrorState } from '../../components/ErrorState';
import { JsonTree } from '../../components/JsonTree';
import { Loading } from '../../components/Loading';
import { Status } from '../../components/Status';
import type { Tone } from '../../lib/color';
import { many } from '../../lib/format';
import { Bytes } from './Bytes';
import { Origin } from './Origin';
import { PastRecord } from './PastRecord';
import { Reasons } from './Reasons';

const VERDICTS: Record<RefusedDetail['verdict'], [Tone, string]> = {
  passes: ['ok', 'It would pass now: a replay brings it to silver'],
  duplicate: ['info', 'It would pass now, but silver has its key already: a replay takes it out as a duplicate'],
  dropped: ['info', 'The contract as it is now drops it'],
  refused: ['critical', 'The contract as it is now refuses it too'],
  error: ['warn', 'The contract as it is now cannot be used'],
};

export function Record({ dataset, place }: { dataset: string; place: Place }) {
  const { data, error, refetch } = useQuery({ ...record(dataset, place), refetchInterval: interval });
  if (error instanceof ApiError && error.status === 404) return <PastRecord dataset={dataset} place={place} />;
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} what="This record could not be shown" />;
  if (!data) return <Loading rows={8} />;
  return <Shown key={data.hash} dataset={dataset} found={data} />;
}

function Shown({ dataset, found }: { dataset: string; found: RefusedDetail }) {
  const notes = useMemo(() => found.errors.map(({ path, message }) => ({ path, text: message })), [found.errors]);
  const [tone, verdict] = VERDICTS[found.verdict];
  const changed = found.verdict === 'refused' && JSON.stringify(found.reasons) !== JSON.stringify(found.errors);
  const readable = typeof found.value === 'object' && found.value !== null;
  return (
    <Box sx={{ display: 'grid', gap: 1.5, py: 2, '& > *': { minWidth: 0 } }}>
      <Box sx={{ px: 2 }}>
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          {many(found.errors.length, 'reason')} against record {found.row} of batch {found.batch}
        </Typography>
        <Status tone={tone}>
          <Box component="span" sx={{ whiteSpace: 'normal' }}>{verdict}</Box>
        </Status>
        {changed && <Reasons title="What it has against it" reasons={found.reasons} />}
      </Box>
      {readable || found.content === null ? (
        <JsonTree label="The record" value={found.value} notes={notes} />
      ) : (
        <>
          <Reasons title="Why it was refused" reasons={found.errors} inset />
          <Bytes content={found.content} size={found.size} />
        </>
      )}
      {found.masked > 0 && (
        <Box sx={{ px: 2, color: 'text.secondary' }}>
          {many(found.masked, 'value')} masked: the contract classifies {found.masked === 1 ? 'it' : 'them'}, or does not describe {found.masked === 1 ? 'it' : 'them'}. <code>sentinel quarantine show --raw</code> shows all.
        </Box>
      )}
      {found.fault && <Box sx={{ px: 2, overflowWrap: 'anywhere' }}>Its whole batch could not be read: {found.fault}</Box>}
      <Origin dataset={dataset} found={found} runId={found.run_id}>
        <dt>Refused by</dt>
        <dd>contract {found.contract}</dd>
        <dt>Hash</dt>
        <dd>
          <code>{found.hash.slice(0, 16)}…</code> <Copy text={found.hash} label="Copy" />
          {found.same > 0 && ` ${many(found.same, 'other record')} ${found.same === 1 ? 'has' : 'have'} the same bytes`}
        </dd>
        <dt>Later</dt>
        <dd>It is in quarantine still.</dd>
      </Origin>
    </Box>
  );
}
