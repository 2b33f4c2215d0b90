/** What each record is given before it is tried again: fields, and what they are to be. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useId } from 'react';
import { begun, fault, said, type Setting } from './draft';

interface Props {
  patch: readonly Setting[];
  change: (patch: Setting[]) => void;
  places: readonly string[];
  disabled: boolean;
}

const NEW: Setting = { path: '', value: '' };

export function Patch({ patch, change, places, disabled }: Props) {
  const names = useId();
  const rows = patch.length > 0 ? patch : [NEW];
  const set = (at: number, next: Partial<Setting>) => {
    change(rows.map((row, place) => (place === at ? { ...row, ...next } : row)));
  };
  return (
    <Box component="fieldset" disabled={disabled} sx={{ border: 0, p: 0, m: 0, minWidth: 0 }}>
      <Box component="legend" sx={{ fontWeight: 600, p: 0, mb: 1 }}>
        Set fields first <Box component="span" sx={{ fontWeight: 400, color: 'text.secondary' }}>(if you like)</Box>
      </Box>
      <datalist id={names}>
        {places.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <Box sx={{ display: 'grid', gap: 1.25 }}>
        {rows.map((row, at) => {
          const wrong = begun([row]).length > 0 ? fault(row) : undefined;
          return (
            <Box key={at} sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', flexWrap: 'wrap' }}>
              <TextField
                label="Field"
                placeholder={places[0] ?? 'payload.size'}
                value={row.path}
                disabled={disabled}
                onChange={(event) => { set(at, { path: event.target.value }); }}
                slotProps={{ htmlInput: { list: names, maxLength: 1000, spellCheck: false } }}
                sx={{ flex: '1 1 130px' }}
              />
              <TextField
                label="Value"
                placeholder="true"
                value={row.value}
                disabled={disabled}
                helperText={row.value === '' ? (row.path === '' ? undefined : (wrong ?? '')) : `${wrong ? `${wrong}. ` : ''}It will be ${said(row.value)}`}
                onChange={(event) => { set(at, { value: event.target.value }); }}
                slotProps={{ htmlInput: { maxLength: 10_000, spellCheck: false } }}
                sx={{ flex: '1 1 130px' }}
              />
              <Button disabled={disabled || begun([row]).length === 0} aria-label={`Take away the setting of ${row.path || 'this field'}`} onClick={() => { change(rows.filter((_, place) => place !== at)); }} sx={{ minWidth: 36, mt: 0.5 }}>
                ✕
              </Button>
            </Box>
          );
        })}
      </Box>
      <Button disabled={disabled || fault(rows.at(-1) ?? NEW) !== undefined} onClick={() => { change([...rows, NEW]); }} sx={{ mt: 0.5, ml: -0.75 }}>
        Set another field
      </Button>
    </Box>
  );
}
