/** One's own account: who one is, the password, where one is logged in, and how the dashboard looks. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import { useColorScheme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import { ROLES, type Role } from '../../api/access';
import { me } from '../../api/session';
import { Card } from '../../components/Page';
import { shortcuts, zone } from '../../lib/stored';
import { Password } from './Password';
import { Sessions } from './Sessions';

export function Account() {
  const { data: who } = useQuery(me);
  const byName = who?.kind === 'session';
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' }, alignItems: 'start' }}>
      <Card title="Who you are">
        <Box sx={{ px: 2, pb: 1.5, pt: 0.5 }}>
          {who && (
            <>
              <strong>{who.name}</strong>, with the role {who.role}, which {ROLES[who.role as Role]}.
            </>
          )}
          {who?.kind === 'open' && <Box sx={{ color: 'text.secondary' }}>Nobody has to log in here: whoever is on this machine may do everything.</Box>}
        </Box>
      </Card>
      <Card title="Appearance" note="in this browser">
        <Appearance />
      </Card>
      {byName && <Password />}
      {byName && <Sessions />}
    </Box>
  );
}

function Appearance() {
  const { mode, setMode } = useColorScheme();
  const where = zone.use();
  const on = shortcuts.use() === 'on';
  return (
    <Box sx={{ display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center', px: 2, pt: 1, pb: 1.5 }}>
      <TextField select label="Theme" value={mode ?? 'system'} onChange={(event) => { setMode(event.target.value as 'system' | 'light' | 'dark'); }} slotProps={{ select: { native: true } }}>
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </TextField>
      <TextField select label="Times in" value={where} onChange={(event) => { zone.set(event.target.value === 'UTC' ? 'UTC' : 'local'); }} slotProps={{ select: { native: true } }}>
        <option value="local">{`Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})`}</option>
        <option value="UTC">UTC</option>
      </TextField>
      <FormControlLabel control={<Checkbox size="small" checked={on} onChange={(event) => { shortcuts.set(event.target.checked ? 'on' : 'off'); }} />} label="Keyboard shortcuts" />
      <Button
        onClick={() => { document.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true })); }}
        disabled={!on}
      >
        List them
      </Button>
    </Box>
  );
}
