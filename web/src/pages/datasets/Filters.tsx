/** What the list of datasets is narrowed by; all of it stands in the address. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import type { Health, Sort } from '../../api/datasets';
import { SearchField } from '../../components/SearchField';
import { count } from '../../lib/format';
import { ORDERS } from './columns';
import { filters, USUAL, type Change, type Search } from './search';

const CHOICES = [
  ['health', 'Health'],
  ['layer', 'Layer'],
  ['domain', 'Domain'],
  ['owner', 'Owner'],
  ['tag', 'Tag'],
] as const;

interface Props {
  search: Search;
  facets: Record<string, Record<string, number>>;
  change: (next: Change) => void;
}

export function Filters({ search, facets, change }: Props) {
  return (
    <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
      <SearchField label="Search" placeholder="name, owner, tag" value={search.q ?? ''} change={(q) => { change({ q: q || undefined }); }} sx={{ flex: '1 1 180px', maxWidth: { sm: 300 } }} />
      {CHOICES.map(([key, label]) => (
        <Choice key={key} label={label} value={search[key]} counts={facets[key] ?? {}} choose={(value) => { change({ [key]: value as Health | undefined }); }} />
      ))}
      <TextField
        select
        label="Sort by"
        value={search.sort ?? USUAL}
        onChange={(event) => { change({ sort: event.target.value as Sort, reverse: undefined }); }}
        slotProps={{ select: { native: true } }}
        sx={{ display: { sm: 'none' }, flex: '1 1 140px' }}
      >
        {Object.entries(ORDERS).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </TextField>
      {filters(search) > 0 && (
        <Button onClick={() => { change({ q: undefined, health: undefined, layer: undefined, domain: undefined, owner: undefined, tag: undefined }); }}>
          Drop {filters(search) === 1 ? 'the filter' : `${count(filters(search))} filters`}
        </Button>
      )}
    </Box>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  counts: Record<string, number>;
  choose: (value: string | undefined) => void;
}

/** One filter, with how many datasets each of its values has. None where there is nothing to choose between. */
function Choice({ label, value, counts, choose }: ChoiceProps) {
  const names = Object.keys(counts);
  if (value === undefined && names.length < 2 && label !== 'Health') return null;
  const all = value === undefined || names.includes(value) ? names : [value, ...names];
  return (
    <TextField
      select
      label={label}
      value={value ?? ''}
      onChange={(event) => {
        choose(event.target.value || undefined);
      }}
      slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
      sx={{ minWidth: 96, maxWidth: 180, flex: { xs: '1 1 96px', sm: '0 1 auto' } }}
    >
      <option value="">Any</option>
      {all.map((each) => (
        <option key={each} value={each}>
          {each} {count(counts[each] ?? 0)}
        </option>
      ))}
    </TextField>
  );
}
