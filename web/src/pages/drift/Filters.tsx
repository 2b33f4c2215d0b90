/** What of the matrix is shown; all of it stands in the address. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import type { Severity } from '../../api/alerts';
import type { Grain } from '../../api/drift';
import { SearchField } from '../../components/SearchField';
import { useTyped } from '../../components/typed';
import { grainOf, type Change, type Search } from './search';

interface Props {
  search: Search;
  change: (next: Change, replace?: boolean) => void;
  days: number;
  datasets: readonly string[];
}

const native = { select: { native: true }, inputLabel: { shrink: true } } as const;

export function Filters({ search, change, days, datasets }: Props) {
  return (
    <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap' }}>
      <SearchField label="Column" placeholder="part of its name" value={search.q ?? ''} change={(q) => { change({ q: q || undefined }, true); }} sx={{ flex: '1 1 150px', maxWidth: 260 }} />
      <Dataset value={search.dataset ?? ''} known={datasets} choose={(dataset) => { change({ dataset }); }} />
      <TextField select label="Drifted" value={search.severity ?? ''} onChange={(event) => { change({ severity: (event.target.value || undefined) as Severity | undefined }); }} slotProps={native}>
        <option value="">or not</option>
        <option value="INFO">at all</option>
        <option value="WARNING">warning or worse</option>
        <option value="CRITICAL">critical</option>
      </TextField>
      <TextField select label="By" value={grainOf(search, days)} disabled={days > 14} onChange={(event) => { change({ grain: event.target.value as Grain }); }} slotProps={native}>
        <option value="day">day</option>
        <option value="hour">hour</option>
      </TextField>
    </Box>
  );
}

/** A dataset by its whole name: one of the list, or Enter. */
function Dataset({ value, known, choose }: { value: string; known: readonly string[]; choose: (name: string | undefined) => void }) {
  const { text, type, send } = useTyped(value);
  const pick = (name: string) => {
    send(name);
    choose(name || undefined);
  };
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        pick(text.trim());
      }}
      sx={{ flex: '1 1 150px', maxWidth: 260, display: 'flex', gap: 0.5 }}
    >
      <TextField
        label="Dataset"
        placeholder="all"
        fullWidth
        value={text}
        onChange={(event) => {
          type(event.target.value);
          if (known.includes(event.target.value)) pick(event.target.value);
        }}
        slotProps={{ htmlInput: { list: 'drift-datasets' } }}
      />
      <datalist id="drift-datasets">
        {known.slice(0, 200).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {value && (
        <Button aria-label={`Drop the filter: dataset ${value}`} sx={{ minWidth: 32 }} onClick={() => { choose(undefined); }}>
          ✕
        </Button>
      )}
    </Box>
  );
}
