/** The keyboard's shortcuts, and the switch that turns them off. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import { shortcuts } from '../lib/stored';
import { PAGES } from './pages';

const TRIAGE: [string, string][] = [
  ['j k', 'next, previous alert'],
  ['Enter', 'open the alert'],
  ['x', 'select'],
  ['e', 'acknowledge'],
  ['a', 'assign'],
  ['s', 'snooze'],
  ['r', 'resolve'],
  ['u', 'undo'],
  ['/', 'filter'],
];

const QUARANTINE: [string, string][] = [
  ['j k', 'next, previous record'],
  ['Enter', 'open the record'],
  ['x', 'select'],
  ['r', 'try again'],
];

export function Help({ open, close }: { open: boolean; close: () => void }) {
  const on = shortcuts.use() === 'on';
  return (
    <Dialog open={open} onClose={close} aria-labelledby="help">
      <DialogTitle id="help">Keyboard shortcuts</DialogTitle>
      <DialogContent>
        <Box sx={{ display: 'grid', gridTemplateColumns: { sm: '1fr 1fr' }, columnGap: 3 }}>
          <Keys title="Anywhere" keys={[['?', 'this list'], ['Ctrl K', 'find anything'], ['/', 'find anything; filter alerts'], ...PAGES.map(({ key, name }): [string, string] => [`g ${key}`, name])]} />
          <Box sx={{ display: 'grid', gap: 2, alignContent: 'start' }}>
            <Keys title="Alerts" keys={TRIAGE} />
            <Keys title="Quarantine" keys={QUARANTINE} />
          </Box>
        </Box>
        <FormControlLabel
          sx={{ mt: 1 }}
          control={
            <Checkbox
              size="small"
              checked={on}
              onChange={(event) => {
                shortcuts.set(event.target.checked ? 'on' : 'off');
              }}
            />
          }
          label="Shortcuts are on"
        />
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function Keys({ title, keys }: { title: string; keys: [string, string][] }) {
  return (
    <div>
      <Box component="h3" sx={{ fontSize: '0.875rem', mt: 0, mb: 1 }}>
        {title}
      </Box>
      <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: '64px 1fr', rowGap: 0.75, m: 0, '& dd': { m: 0 } }}>
        {keys.map(([key, does]) => (
          <Box key={key} sx={{ display: 'contents' }}>
            <dt>
              {key.split(' ').map((each) => (
                <Box component="kbd" key={each} sx={{ mr: 0.5 }}>
                  {each}
                </Box>
              ))}
            </dt>
            <dd>{does}</dd>
          </Box>
        ))}
      </Box>
    </div>
  );
}
