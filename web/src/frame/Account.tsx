/** Who is logged in; light or dark; the zone of times; logging out. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useColorScheme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { me } from '../api/session';
import { zone } from '../lib/stored';
import { useLogOut } from './leave';

const MODES = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

const ZONES = [
  ['local', `Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})`],
  ['UTC', 'UTC'],
] as const;

export function Account() {
  const { data } = useQuery(me);
  const out = useLogOut();
  const [at, setAt] = useState<HTMLElement | null>(null);
  const { mode, setMode } = useColorScheme();
  const where = zone.use();
  const close = () => {
    setAt(null);
  };
  return (
    <>
      <Button
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={(event) => {
          setAt(event.currentTarget);
        }}
      >
        {data?.name ?? 'Account'}
      </Button>
      <Menu anchorEl={at} open={at !== null} onClose={close} slotProps={{ list: { dense: true, 'aria-label': 'Account and appearance' } }}>
        {data && (
          <MenuItem disabled sx={{ '&.Mui-disabled': { opacity: 1 }, color: 'text.secondary' }}>
            {data.name}, {data.role}
          </MenuItem>
        )}
        <Divider />
        {MODES.map(([value, label]) => (
          <Choice key={value} on={mode === value} label={label} choose={() => { setMode(value); }} />
        ))}
        <Divider />
        {ZONES.map(([value, label]) => (
          <Choice key={value} on={where === value} label={label} choose={() => { zone.set(value); }} />
        ))}
        {data?.kind === 'session' && [
          <Divider key="line" />,
          <MenuItem
            key="out"
            onClick={() => {
              close();
              out();
            }}
          >
            Log out
          </MenuItem>,
        ]}
      </Menu>
    </>
  );
}

function Choice({ on, label, choose, ...rest }: { on: boolean; label: string; choose: () => void }) {
  return (
    <MenuItem {...rest} role="menuitemradio" aria-checked={on} onClick={choose}>
      <Box component="span" aria-hidden sx={{ width: 20 }}>
        {on ? '✓' : ''}
      </Box>
      {label}
    </MenuItem>
  );
}
