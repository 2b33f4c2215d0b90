/** The command palette: every page, dataset, alert, run and action, a few letters away. A chunk of its own. */
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import InputBase from '@mui/material/InputBase';
import { useColorScheme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, useEffect, useId, useState, type KeyboardEvent } from 'react';
import { found } from '../api/search';
import { me } from '../api/session';
import { Mark } from '../components/Status';
import { many } from '../lib/format';
import { shortcuts, zone } from '../lib/stored';
import { fitting, PLACES, reached, step, type Command } from './commands';
import { useLogOut } from './leave';

const PAUSE = 120;

interface Props {
  /** What was typed before it was there. */
  start: string;
  close: () => void;
  help: () => void;
}

export function Palette({ start, close, help }: Props) {
  const id = useId();
  const [text, type] = useState(start);
  const [at, setAt] = useState(0);
  const asked = useSettled(text.trim());
  const { data, isFetching, error } = useQuery(found(asked));
  const waiting = isFetching || asked !== text.trim();
  const navigate = useNavigate();
  const actions = useActions(help);
  const commands = [
    ...fitting(PLACES, text),
    ...(asked !== '' && text.trim() !== '' && data ? reached(data) : []),
    ...fitting(actions, text),
  ];
  const current = Math.min(at, Math.max(commands.length - 1, 0));
  const name = (place: number) => `${id}-${place}`;

  const run = ({ does }: Command) => {
    close();
    if (typeof does === 'function') does();
    else void navigate(does);
  };
  const press = (event: KeyboardEvent) => {
    const command = commands[current];
    // What was found for the letters before is not what is meant by these.
    if (event.key === 'Enter' && command && (!waiting || ['Pages', 'Actions'].includes(command.group))) run(command);
    const to = step(event.key, current, commands.length);
    if (to === undefined) return;
    event.preventDefault();
    setAt(to);
    document.getElementById(name(to))?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <Dialog open onClose={close} maxWidth="sm" slotProps={{ paper: { 'aria-label': 'Find anything' } }} sx={{ '& .MuiDialog-container': { alignItems: 'flex-start', pt: { sm: '8vh' } } }}>
      <InputBase
        autoFocus
        value={text}
        placeholder="Find a page, a dataset, an alert, a run, an action"
        onChange={(event) => {
          type(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
        inputProps={{
          role: 'combobox',
          'aria-label': 'Find anything',
          'aria-expanded': true,
          'aria-controls': `${id}-list`,
          'aria-autocomplete': 'list',
          'aria-activedescendant': commands.length > 0 ? name(current) : undefined,
          maxLength: 200,
          autoComplete: 'off',
          spellCheck: false,
        }}
        sx={{ px: 2, py: 1, fontSize: '1rem', borderBottom: 1, borderColor: 'divider' }}
      />
      <Box id={`${id}-list`} role="listbox" aria-label="What was found" sx={{ overflow: 'auto', maxHeight: '60vh', py: 0.5 }}>
        {commands.map((command, place) => (
          <Fragment key={command.id}>
            {commands[place - 1]?.group !== command.group && (
              <Box role="presentation" sx={{ px: 2, pt: 1, pb: 0.25, fontSize: '0.75rem', color: 'text.secondary' }}>
                {command.group}
              </Box>
            )}
            <Option
              id={name(place)}
              command={command}
              on={place === current}
              choose={() => {
                run(command);
              }}
            />
          </Fragment>
        ))}
      </Box>
      <Box role="status" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', color: 'text.secondary', fontSize: '0.8125rem' }}>
        {error ? `The search failed: ${error.message}` : waiting ? 'Looking…' : commands.length === 0 ? `Nothing has "${text.trim()}" in its name` : `${many(commands.length, 'thing')}; arrows choose, Enter opens, Escape closes`}
      </Box>
    </Dialog>
  );
}

function Option({ id, command: { label, group, note, tone }, on, choose }: { id: string; command: Command; on: boolean; choose: () => void }) {
  return (
    // The combobox's own keys do what a click does.
    <Box
      id={id}
      role="option"
      aria-selected={on}
      tabIndex={-1}
      onClick={choose}
      sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 2, minHeight: 34, cursor: 'pointer', bgcolor: on ? 'action.selected' : undefined, '&:hover': { bgcolor: 'action.hover' }, '@media (pointer: coarse)': { minHeight: 44 } }}
    >
      {tone && <Mark tone={tone} size={10} />}
      <Box component="span" sx={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
        {label}
      </Box>
      {note && (group === 'Pages' || group === 'Actions' ? <kbd>{note}</kbd> : <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.8125rem', whiteSpace: 'nowrap' }}>{note}</Box>)}
    </Box>
  );
}

/** What can be done from anywhere. */
function useActions(help: () => void): Command[] {
  const { setMode } = useColorScheme();
  const { data: who } = useQuery(me);
  const out = useLogOut();
  const on = shortcuts.use() === 'on';
  const local = zone.use() === 'local';
  const action = (label: string, does: () => void, note?: string): Command => ({ id: `action ${label}`, group: 'Actions', label, does, ...(note ? { note } : {}) });
  return [
    action('Light theme', () => { setMode('light'); }),
    action('Dark theme', () => { setMode('dark'); }),
    action('Theme as the system has it', () => { setMode('system'); }),
    action(local ? 'Show times in UTC' : 'Show local times', () => { zone.set(local ? 'UTC' : 'local'); }),
    action('Keyboard shortcuts', help, '?'),
    action(on ? 'Turn shortcuts off' : 'Turn shortcuts on', () => { shortcuts.set(on ? 'off' : 'on'); }),
    ...(who?.kind === 'session' ? [action('Log out', out)] : []),
  ];
}

/** A text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      settle(text);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return settled;
}
