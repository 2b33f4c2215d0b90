/** A record that has left quarantine: how, by which replay, as it came, and its row of silver. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { past, type Past, type Place } from '../../api/quarantine';
import { ErrorState } from '../../components/ErrorState';
import { JsonTree } from '../../components/JsonTree';
import { Loading } from '../../components/Loading';
import { Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import type { Tone } from '../../lib/color';
import { many } from '../../lib/format';
import { Origin } from './Origin';

const FATES: Record<NonNullable<Past['fate']>, [Tone, string]> = {
  recovered: ['ok', 'It is in silver'],
  duplicate: ['info', 'It passed, but silver had its key already: it was taken out as a duplicate'],
  dropped: ['unknown', 'It was dropped'],
};

export function PastRecord({ dataset, place }: { dataset: string; place: Place }) {
  const { data, error, refetch } = useQuery(past(dataset, place));
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} what="This record could not be shown" />;
  if (!data) return <Loading rows={8} />;
  return <Shown dataset={dataset} found={data} />;
}

function Shown({ dataset, found }: { dataset: string; found: Past }) {
  const notes = useMemo(() => found.errors.map(({ path, message }) => ({ path, text: message })), [found.errors]);
  const [tone, told] = found.fate ? FATES[found.fate] : (['unknown', 'It is in quarantine no more, and no replay that is known took it out'] as const);
  const settings: unknown = found.move?.patch['set'];
  const patch = Array.isArray(settings) ? settings.map(String) : [];
  return (
    <Box sx={{ display: 'grid', gap: 1.5, py: 2, '& > *': { minWidth: 0 } }}>
      <Box sx={{ px: 2 }}>
        <Typography variant="h2">
          Record {found.row} of batch {found.batch} has left quarantine
        </Typography>
        <Status tone={tone}>
          <Box component="span" sx={{ whiteSpace: 'normal' }}>{told}</Box>
        </Status>
        {found.move && (
          <Box>
            {found.move.verb === 'drop' ? 'Dropped' : 'Replayed'} <Ago at={found.move.at} />
            {found.move.contract && ` by contract ${found.move.contract}`}
            {patch.length > 0 && (
              <>
                , with <code>{patch.join(', ')}</code>
              </>
            )}
            {found.move.run_id && (
              <>
                {': '}
                <TextLink to="/pipelines/runs/$run" params={{ run: found.move.run_id }}>
                  run {found.move.run_id}
                </TextLink>
              </>
            )}
          </Box>
        )}
      </Box>
      {found.silver && (
        <Box>
          <Typography variant="h3" sx={{ px: 2 }}>Its row in silver</Typography>
          <JsonTree label="The row in silver" value={found.silver} height={320} />
        </Box>
      )}
      {found.fate === 'recovered' && !found.silver && <Box sx={{ px: 2, color: 'text.secondary' }}>Silver has no row of this place now: a later record of the same key is there in its place.</Box>}
      <Box>
        <Typography variant="h3" sx={{ px: 2 }}>As it came</Typography>
        <JsonTree label="The record as it came" value={found.value} notes={notes} height={320} />
      </Box>
      {found.masked > 0 && <Box sx={{ px: 2, color: 'text.secondary' }}>{many(found.masked, 'value')} masked by the server.</Box>}
      <Origin dataset={dataset} found={found} runId={found.run_id} />
    </Box>
  );
}
