/** The checks that refused what is in quarantine: how many records each, and when these came. One may be chosen. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMemo, useState } from 'react';
import type { Arrived, Group } from '../../api/quarantine';
import { Sparkline } from '../../components/Sparkline';
import { useNow } from '../../lib/clock';
import { ago, count, many } from '../../lib/format';
import { series } from './spans';

const FEW = 4;

interface Props {
  groups: readonly Group[];
  items: readonly Arrived[];
  at: readonly number[];
  chosen: string | undefined;
  choose: (check: string | undefined) => void;
}

export function Groups({ groups, items, at, chosen, choose }: Props) {
  const [all, setAll] = useState(false);
  const shown = all ? groups : groups.filter((group, place) => place < FEW || group.check === chosen);
  return (
    <Box sx={{ maxHeight: 262, overflow: 'auto' }}>
      {shown.map((group) => (
        <Choice key={group.check} group={group} items={items} at={at} chosen={group.check === chosen} choose={choose} />
      ))}
      {groups.length > shown.length && (
        <Button sx={{ m: 1 }} onClick={() => { setAll(true); }}>
          Show {many(groups.length - shown.length, 'other check')}
        </Button>
      )}
    </Box>
  );
}

function Choice({ group, items, at, chosen, choose }: Pick<Props, 'items' | 'at' | 'choose'> & { group: Group; chosen: boolean }) {
  const now = useNow();
  const values = useMemo(() => series(items, group.check, at), [items, group.check, at]);
  return (
    <Box
      component="button"
      type="button"
      aria-pressed={chosen}
      onClick={() => { choose(chosen ? undefined : group.check); }}
      sx={{ all: 'unset', boxSizing: 'border-box', width: '100%', display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 96px 64px', gap: 1.5, alignItems: 'center', px: 2, py: 0.75, borderTop: 1, borderColor: 'divider', cursor: 'pointer', bgcolor: chosen ? 'action.selected' : undefined, boxShadow: chosen ? 'inset 3px 0 0 var(--sq-palette-primary-main)' : undefined, '&:hover': { bgcolor: 'action.hover' }, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 } }}
    >
      <Box component="span" sx={{ minWidth: 0 }}>
        <Box component="span" sx={{ display: 'block', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: chosen ? 600 : 400 }} title={group.check}>
          {group.check}
        </Box>
        <Box component="span" sx={{ display: 'block', color: 'text.secondary', fontSize: '0.8125rem', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={group.message}>
          {ago(group.last, now)}, {group.message}
        </Box>
      </Box>
      <Sparkline values={values} label={`${group.check} over time`} />
      <Box component="span" sx={{ textAlign: 'right' }}>{count(group.records)}</Box>
    </Box>
  );
}
