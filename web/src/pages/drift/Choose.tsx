/** Which two windows are compared: as the project says, a few usual pairs, or any two. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { Compared, Windows } from '../../api/drift';
import { told } from './shapes';

interface Props {
  value: Windows;
  choose: (windows: Windows) => void;
  sides: Pick<Compared, 'baseline' | 'current'> | undefined;
}

const PRESETS: readonly [string, Windows][] = [
  ['As the project says', {}],
  ['Last 6 hours against a day', { current: '6h', baseline: '24h' }],
  ['Last day against a week', { current: '24h', baseline: '7d' }],
  ['Last week against four', { current: '7d', baseline: '28d' }],
];
const OWN = 'own';

export function Choose({ value, choose, sides }: Props) {
  const preset = PRESETS.find(([, each]) => each.baseline === value.baseline && each.current === value.current)?.[0];
  const [own, setOwn] = useState(preset === undefined);
  const [draft, setDraft] = useState({ current: value.current ?? '', baseline: value.baseline ?? '' });
  return (
    <Box sx={{ mb: 2 }}>
      <Box
        component="form"
        onSubmit={(event) => {
          event.preventDefault();
          choose({ current: draft.current.trim() || undefined, baseline: draft.baseline.trim() || undefined });
        }}
        sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'flex-start' }}
      >
        <TextField
          select
          label="Windows"
          value={own ? OWN : preset}
          onChange={(event) => {
            const found = PRESETS.find(([name]) => name === event.target.value);
            setOwn(!found);
            if (found) choose(found[1]);
          }}
          slotProps={{ select: { native: true } }}
        >
          {PRESETS.map(([name]) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={OWN}>Others …</option>
        </TextField>
        {own && (
          <>
            <TextField label="Current" placeholder="24h" helperText="24h, 2026-11-20 or 2026-11-20T06:00..2026-11-20T18:00" value={draft.current} onChange={(event) => { setDraft({ ...draft, current: event.target.value }); }} sx={{ flex: '1 1 220px', maxWidth: 340 }} />
            <TextField label="Baseline" placeholder="7d" helperText="before it, not within it" value={draft.baseline} onChange={(event) => { setDraft({ ...draft, baseline: event.target.value }); }} sx={{ flex: '1 1 220px', maxWidth: 340 }} />
            <Button type="submit" variant="outlined" size="medium">
              Compare
            </Button>
          </>
        )}
      </Box>
      {sides && (
        <Box component="dl" sx={{ m: 0, mt: 1, display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', columnGap: 1.5, color: 'text.secondary', '& dd': { m: 0 } }}>
          <dt>Current</dt>
          <dd>{told(sides.current)}</dd>
          <dt>Baseline</dt>
          <dd>{told(sides.baseline)}</dd>
        </Box>
      )}
    </Box>
  );
}
