/** A replay is a task: choose, patch, try, and only then do what was tried. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { job as ofJob, over } from '../../api/jobs';
import { contracts, replay, type Outcome as Told, type Refused, type Wanted } from '../../api/quarantine';
import { ErrorState } from '../../components/ErrorState';
import { many } from '../../lib/format';
import { Outcome } from './Outcome';
import { Patch } from './Patch';
import { alike, begun, fault, places, wanted, type Draft } from './draft';
import type { Change } from './search';

interface Props {
  dataset: string;
  check: string | undefined;
  selected: readonly Refused[];
  listed: readonly Refused[];
  held: number;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  job: string | undefined;
  change: (next: Change) => void;
  may: boolean;
}

export function Replay({ dataset, check, selected, listed, held, draft, setDraft, job, change, may }: Props) {
  const [tried, setTried] = useState<Wanted>();
  const { data: known } = useQuery(contracts(dataset));
  const { data: running } = useQuery({ ...ofJob(job ?? ''), enabled: job !== undefined });
  const asking = useMutation({
    mutationFn: (asked: Wanted) => replay(dataset, asked),
    onSuccess: (made, asked) => {
      setTried(asked.dry_run ? asked : undefined);
      change({ job: made.job_id });
    },
  });
  const asked = wanted(selected, check, draft);
  const wrong = begun(draft.patch).some((setting) => fault(setting) !== undefined);
  const busy = asking.isPending || (job !== undefined && (running ? !over(running) : asking.data?.job_id === job));
  const result = running?.result as unknown as Told | null | undefined;
  const ready = alike(tried, asked) && running?.state === 'done' && result?.dry_run === true;
  const subject = selected.length > 0 ? many(selected.length, 'selected record') : check ? `All ${many(held, 'record')} that ${check} refused` : `All ${many(held, 'record')}`;
  return (
    <Box sx={{ p: 2, display: 'grid', gap: 2, '& > *': { minWidth: 0 } }}>
      <Box>
        <Button onClick={() => { change({ replay: undefined, job: undefined }); }} sx={{ ml: -0.75, mb: 0.5 }}>
          ← Back to the records
        </Button>
        <Typography variant="h2">Try again</Typography>
        <Box sx={{ overflowWrap: 'anywhere' }}>{subject}. Select records or a check to try fewer.</Box>
      </Box>
      {!may && <Alert severity="info" variant="outlined">This takes the role steward: a replay writes to silver.</Alert>}
      <TextField
        select
        label="Judge by"
        value={draft.contract ?? ''}
        disabled={!may || busy}
        onChange={(event) => { setDraft({ patch: draft.patch, ...(event.target.value ? { contract: event.target.value } : {}) }); }}
        slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
      >
        <option value="">the contract as it is now{known?.items.find(({ now }) => now) ? ` (${known.items.find(({ now }) => now)?.version ?? ''})` : ''}</option>
        {known?.items
          .filter(({ now }) => !now)
          .map(({ version, fingerprint }) => (
            <option key={fingerprint} value={fingerprint}>
              {version} as it was, {fingerprint.slice(0, 12)}
            </option>
          ))}
      </TextField>
      <Patch patch={draft.patch} change={(patch) => { setDraft({ ...draft, patch }); }} places={places(selected.length > 0 ? selected : listed, check)} disabled={!may || busy} />
      <Box>
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button variant={ready ? 'outlined' : 'contained'} disabled={!may || busy || wrong || held === 0} onClick={() => { asking.mutate({ ...asked, dry_run: true }); }}>
            Dry run
          </Button>
          <Button variant="contained" disabled={!may || busy || !ready} onClick={() => { asking.mutate({ ...asked, dry_run: false }); }}>
            {ready ? `Replay ${many(result.tried, 'record')}` : 'Replay'}
          </Button>
        </Box>
        <Box sx={{ color: 'text.secondary', mt: 0.75 }}>
          {ready
            ? 'A replay is not taken back. What passes goes to silver, what fails stays; bronze keeps every record as it came.'
            : tried && !busy && job !== undefined && !alike(tried, asked)
              ? 'What is asked for has changed since the dry run: make another.'
              : 'A dry run says what would become of the records, and moves none. A replay comes after it.'}
        </Box>
      </Box>
      {asking.error && <ErrorState error={asking.error} what="It was not begun" />}
      {job !== undefined && <Outcome dataset={dataset} id={job} may={may} />}
    </Box>
  );
}
