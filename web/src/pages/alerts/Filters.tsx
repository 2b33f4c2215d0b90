/** The tabs and filters; all of them stand in the address. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import TextField from '@mui/material/TextField';
import type { RefObject } from 'react';
import type { Counts, Severity } from '../../api/alerts';
import { SearchField } from '../../components/SearchField';
import { count } from '../../lib/format';
import { TABS, type Change, type Search, type Tab as Name } from './search';

interface Props {
  search: Search;
  change: (next: Change, replace?: boolean) => void;
  counts: Counts | undefined;
  input: RefObject<HTMLInputElement | null>;
}

export function Filters({ search, change, counts, input }: Props) {
  const numbers: Partial<Record<Name, number>> = counts
    ? { open: counts.open + counts.acknowledged, snoozed: counts.snoozed, resolved: counts.resolved }
    : {};
  return (
    <>
      <Tabs
        value={search.tab ?? 'open'}
        onChange={(_, tab: Name) => {
          change({ tab, alert: undefined });
        }}
        variant="scrollable"
        scrollButtons={false}
        aria-label="Which alerts"
        sx={{ mb: 1.5 }}
      >
        {(Object.entries(TABS) as [Name, string][]).map(([name, label]) => {
          const number = numbers[name];
          return <Tab key={name} value={name} label={number === undefined ? label : `${label} ${count(number)}`} />;
        })}
      </Tabs>
      <Box sx={{ display: 'flex', gap: 1, mb: 1.5, flexWrap: 'wrap' }}>
        <SearchField
          label="Filter"
          placeholder="title, dataset, person"
          value={search.q ?? ''}
          input={input}
          change={(text) => {
            change({ q: text }, true);
          }}
          sx={{ flex: '1 1 180px', maxWidth: 320 }}
        />
        <TextField
          select
          label="Severity"
          value={search.severity ?? ''}
          onChange={(event) => {
            change({ severity: (event.target.value || undefined) as Severity | undefined });
          }}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">Any</option>
          <option value="CRITICAL">Critical</option>
          <option value="WARNING">Warning</option>
          <option value="INFO">Info</option>
        </TextField>
        {search.dataset && (
          <Button
            variant="outlined"
            onClick={() => {
              change({ dataset: undefined });
            }}
            aria-label={`Drop the filter: dataset ${search.dataset}`}
          >
            {search.dataset} ✕
          </Button>
        )}
      </Box>
    </>
  );
}
