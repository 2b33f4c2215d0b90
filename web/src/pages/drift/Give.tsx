/** A verdict on a stretch: one that stood out, or any. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { MEANING, VERDICTS, type Said, type Verdict } from '../../api/monitors';
import { hour, many } from '../../lib/format';
import { zone } from '../../lib/stored';
import type { Stretch } from './series';

interface Props {
  stretches: readonly Stretch[];
  can: boolean;
  busy: boolean;
  give: (said: Said) => void;
}

const OWN = 'own';
const MOST = 20; // stretches that are offered

export function Give({ stretches, can, busy, give }: Props) {
  const offered = stretches.slice(0, MOST);
  const where = zone.use();
  const [chosen, setChosen] = useState(offered[0]?.since ?? OWN);
  const [own, setOwn] = useState({ since: '', until: '' });
  const [note, setNote] = useState('');
  const stretch = offered.find(({ since }) => since === chosen) ?? written(own);
  const send = (verdict: Verdict) => {
    if (stretch) give({ since: stretch.since, until: stretch.until, verdict, ...(note.trim() ? { note: note.trim() } : {}) });
  };
  const time = (name: 'since' | 'until', label: string) => (
    <TextField label={label} type="datetime-local" disabled={!can} value={own[name]} onChange={(event) => { setOwn({ ...own, [name]: event.target.value }); }} slotProps={{ inputLabel: { shrink: true } }} />
  );
  return (
    <Box sx={{ px: 2, pb: 1, display: 'grid', gap: 1.25 }}>
      <TextField select label="Stretch" disabled={!can} value={chosen} onChange={(event) => { setChosen(event.target.value); }} slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}>
        {offered.map(({ since, until, points }) => (
          <option key={since} value={since}>
            {hour(since, where)} to {hour(until, where)} ({many(points, 'anomaly', 'anomalies')})
          </option>
        ))}
        <option value={OWN}>From … to …</option>
      </TextField>
      {chosen === OWN && (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {time('since', 'From, local time')}
          {time('until', 'To, local time')}
        </Box>
      )}
      <TextField label="Note" multiline disabled={!can} value={note} onChange={(event) => { setNote(event.target.value); }} slotProps={{ htmlInput: { maxLength: 2000 } }} />
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.75 }}>
        {(Object.entries(VERDICTS) as [Verdict, string][]).map(([verdict, word]) => (
          <Box component="li" key={verdict} sx={{ display: 'grid', gridTemplateColumns: '138px minmax(0, 1fr)', gap: 1, alignItems: 'center' }}>
            <Button variant="outlined" disabled={!can || busy || !stretch} onClick={() => { send(verdict); }}>
              {word}
            </Button>
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {MEANING[verdict]}
            </Box>
          </Box>
        ))}
      </Box>
      {!can && <Box sx={{ color: 'text.secondary' }}>Saying what it was takes the role steward.</Box>}
    </Box>
  );
}

/** A stretch as it was written; none until both ends are there. */
function written({ since, until }: { since: string; until: string }): Pick<Stretch, 'since' | 'until'> | undefined {
  const ends = [Date.parse(since), Date.parse(until)] as const;
  if (ends.some(Number.isNaN)) return undefined;
  return { since: new Date(ends[0]).toISOString(), until: new Date(ends[1]).toISOString() };
}
