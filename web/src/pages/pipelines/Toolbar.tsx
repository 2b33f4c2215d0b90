/** Above the list: what is listed, what is selected, and trying it again. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { Refused } from '../../api/quarantine';
import { count, many } from '../../lib/format';
import { MOST } from './draft';
import { spell, type Change, type QuarantineSearch } from './search';

interface Props {
  search: QuarantineSearch;
  change: (next: Change) => void;
  held: number;
  rows: readonly Refused[];
  selected: readonly Refused[];
  choose: (records: ReadonlySet<string>) => void;
  may: boolean;
  more: boolean;
}

export function Toolbar({ search, change, held, rows, selected, choose, may, more }: Props) {
  const some = selected.length > 0;
  const left = search.view === 'left';
  const size = some ? selected.length : held;
  return (
    <Box sx={{ borderBottom: 1, borderColor: 'divider' }}>
      <Tabs value={search.view ?? 'held'} onChange={(_, view: string) => { change({ view: view === 'left' ? 'left' : undefined, record: undefined, move: undefined, replay: undefined, job: undefined }); }} aria-label="Which records">
        <Tab value="held" label={`In quarantine ${count(held)}`} />
        <Tab value="left" label="Replayed and dropped" />
      </Tabs>
      {!left && (
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, minHeight: 44, px: 0.5, pr: 1.5, flexWrap: 'wrap' }}>
          <Checkbox
            size="small"
            disabled={rows.length === 0}
            checked={some && selected.length === rows.length}
            indeterminate={some && selected.length < rows.length}
            onChange={() => { choose(some ? new Set() : new Set(rows.slice(0, MOST).map(spell))); }}
            slotProps={{ input: { 'aria-label': some ? 'Select none' : more ? `Select the ${count(rows.length)} that are listed` : 'Select all' } }}
          />
          <Box component="span" sx={{ flex: 1, color: some ? undefined : 'text.secondary', minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
            {some ? `${count(selected.length)} selected` : (search.check ?? many(held, 'record'))}
          </Box>
          {search.check && !some && (
            <Button onClick={() => { change({ check: undefined }); }} aria-label={`Drop the filter: ${search.check}`}>
              ✕
            </Button>
          )}
          <Button variant="outlined" disabled={size === 0} title={may ? undefined : 'A replay takes the role steward'} onClick={() => { change({ replay: true, record: undefined, job: undefined }); }}>
            Try {size === 1 ? '1 record' : `${some ? '' : 'all '}${count(size)}`} again
          </Button>
        </Box>
      )}
    </Box>
  );
}
