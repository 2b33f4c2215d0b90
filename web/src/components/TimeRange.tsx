/** Which span of time a page shows: a few usual ones, or any two ends. */
import Button from '@mui/material/Button';
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { fault, PRESETS, type Range } from '../lib/range';

interface Props {
  value: Range;
  change: (range: Range) => void;
}

const OWN = 'own';

export function TimeRange({ value, change }: Props) {
  const preset = PRESETS.find(([, each]) => each.from === value.from && each.to === value.to)?.[0];
  const [own, setOwn] = useState(preset === undefined);
  const [draft, setDraft] = useState(value);
  const [wrong, setWrong] = useState<string>();
  const apply = () => {
    const found = fault(draft, Date.now());
    setWrong(found);
    if (!found) change(draft);
  };
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
      sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', flexWrap: 'wrap' }}
    >
      <TextField
        select
        label="Time"
        value={own ? OWN : preset}
        onChange={(event) => {
          const found = PRESETS.find(([name]) => name === event.target.value);
          setOwn(!found);
          if (found) change(found[1]);
        }}
        slotProps={{ select: { native: true } }}
      >
        {PRESETS.map(([name]) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value={OWN}>From … to …</option>
      </TextField>
      {own && (
        <>
          <TextField
            label="From"
            value={draft.from}
            error={wrong !== undefined}
            helperText={wrong}
            onChange={(event) => {
              setDraft({ ...draft, from: event.target.value });
            }}
          />
          <TextField
            label="To"
            value={draft.to}
            onChange={(event) => {
              setDraft({ ...draft, to: event.target.value });
            }}
          />
          <Button type="submit" variant="outlined" size="medium">
            Show
          </Button>
        </>
      )}
    </Box>
  );
}
