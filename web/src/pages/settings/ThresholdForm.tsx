/** What the uploads of a source have to reach, from the next on. */
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { PARTS, setThresholds, type Source } from '../../api/quality';
import { Ask } from '../../components/Ask';
import { percent, shareOf } from './percent';

const FIELDS = ['score', 'critical', ...PARTS] as const;
type Field = (typeof FIELDS)[number];
const LABELS: Partial<Record<Field, string>> = { score: 'Score', critical: 'Critical below' };

export function ThresholdForm({ source, close, done }: { source: Source; close: () => void; done: () => void }) {
  const [typed, setTyped] = useState(() => Object.fromEntries(FIELDS.map((name) => [name, percent(source.thresholds[name])])) as Record<Field, string>);
  const wrong = FIELDS.filter((name) => shareOf(typed[name]) === undefined);
  const given = { ...source.thresholds, ...Object.fromEntries(FIELDS.map((name) => [name, shareOf(typed[name])])) };
  return (
    <Ask title={`What ${source.name} has to reach`} verb="Set" disabled={wrong.length > 0} run={() => setThresholds(source.source_id, given)} done={done} close={close}>
      <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 2 }}>
        {FIELDS.map((name) => (
          <TextField
            key={name}
            label={`${LABELS[name] ?? name}, %`}
            value={typed[name]}
            error={wrong.includes(name)}
            helperText={wrong.includes(name) ? 'from 0 to 100' : undefined}
            onChange={(event) => { setTyped({ ...typed, [name]: event.target.value }); }}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          />
        ))}
      </Box>
      It holds from the next file on; what was checked before stays as it was judged.
    </Ask>
  );
}
