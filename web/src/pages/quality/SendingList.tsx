/** The files of this visit: on their way, being checked, checked, or refused and why. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { again, cancel, forget, useUploads, type Sending } from '../../api/uploads';
import { Mark } from '../../components/Status';
import { bytes, many, span } from '../../lib/format';
import { Following } from './Following';

export function SendingList() {
  const sendings = useUploads();
  const idle = sendings.filter(({ state }) => state !== 'sending' && state !== 'waiting');
  if (sendings.length === 0) return null;
  return (
    <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
      <Box component="ul" aria-label="Uploads of this visit" sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 420, overflow: 'auto' }}>
        {sendings.toReversed().map((each) => (
          <Box component="li" key={each.id} sx={{ px: 2, py: 1, '& + &': { borderTop: 1, borderColor: 'divider' }, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', columnGap: 2, alignItems: 'center' }}>
            <Line sending={each} />
          </Box>
        ))}
      </Box>
      {idle.length > 1 && (
        <Box sx={{ px: 1, py: 0.5, borderTop: 1, borderColor: 'divider' }}>
          <Button onClick={() => { forget(idle.map(({ id }) => id)); }}>Clear {many(idle.length, 'file')} from this list</Button>
        </Box>
      )}
    </Box>
  );
}

function Line({ sending }: { sending: Sending }) {
  const { id, name, size, state, accepted, problem } = sending;
  if (accepted) return <Following accepted={accepted} done={() => { forget([id]); }} />;
  const under = state === 'sending' || state === 'waiting';
  return (
    <>
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
          <Mark tone={state === 'refused' ? 'critical' : state === 'sending' ? 'info' : 'unknown'} />
          <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={name}>{name}</Box>
          <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{bytes(size)}</Box>
        </Box>
        {state === 'sending' && <Progress sending={sending} />}
        {state === 'waiting' && <Box sx={{ pl: 2.5, color: 'text.secondary' }}>Waits for the one before it</Box>}
        {state === 'cancelled' && <Box sx={{ pl: 2.5, color: 'text.secondary' }}>Cancelled; nothing of it was kept</Box>}
        {state === 'refused' && (
          <Box role="alert" sx={{ pl: 2.5, overflowWrap: 'anywhere' }}>
            <strong>{problem?.title ?? 'Refused'}</strong>: {problem?.detail} <Box component="span" sx={{ color: 'text.secondary' }}>{problem?.hint}</Box>
          </Box>
        )}
      </Box>
      <Box sx={{ whiteSpace: 'nowrap' }}>
        {under && <Button onClick={() => { cancel(id); }} aria-label={`Cancel ${name}`}>Cancel</Button>}
        {!under && <Button onClick={() => { again(id); }} aria-label={`Send ${name} again`}>Send again</Button>}
        {!under && <Button onClick={() => { forget([id]); }} aria-label={`Take ${name} off this list`}>Dismiss</Button>}
      </Box>
    </>
  );
}

function Progress({ sending: { name, size, sent, since } }: { sending: Sending }) {
  const part = size > 0 ? Math.min(1, sent / size) : 0;
  return (
    <Box sx={{ pl: 2.5, pt: 0.5 }}>
      <LinearProgress variant="determinate" value={part * 100} aria-label={`Sending ${name}`} />
      <Box sx={{ color: 'text.secondary' }}>{told(part, size, sent, since)}</Box>
    </Box>
  );
}

/** How far a file is: its share, and how long the rest takes at this pace. */
function told(part: number, size: number, sent: number, since: number): string {
  if (part >= 1) return 'Sent; the server writes it to disk';
  const seconds = (Date.now() - since) / 1000;
  const left = seconds > 2 && sent > 0 ? `, ${span(((size - sent) * seconds) / sent)} left` : '';
  return `${Math.floor(part * 100)} % of ${bytes(size)}${left}`;
}
