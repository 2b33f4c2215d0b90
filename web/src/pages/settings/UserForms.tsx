/** Forms about a user: a new one, another role, another password. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { addUser, changeUser, ROLES, type Role, type User } from '../../api/access';
import { Ask } from '../../components/Ask';
import { Copy } from '../../components/ErrorState';
import { phrase } from './phrase';
import type { Answering } from './questions';

const SHORTEST = 12;

export function AddUser({ close, done }: Answering) {
  const [name, setName] = useState('');
  const [shown, setShown] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [password, setPassword] = useState('');
  const given = { name: name.trim(), role, ...(password ? { password } : {}), ...(shown.trim() ? { display_name: shown.trim() } : {}) };
  return (
    <Ask title="Add a user" verb="Add" disabled={given.name === ''} run={() => addUser(given)} done={(user) => { done(`${user.name} was added as ${user.role}`); }} close={close}>
      <TextField autoFocus required label="Name" value={name} onChange={(event) => { setName(event.target.value); }} helperText="What they log in by" slotProps={{ htmlInput: { maxLength: 200, autoComplete: 'off' } }} />
      <TextField label="Called" value={shown} onChange={(event) => { setShown(event.target.value); }} slotProps={{ htmlInput: { maxLength: 200, autoComplete: 'off' } }} />
      <RoleField value={role} change={setRole} />
      <PasswordField value={password} change={setPassword} empty="Empty: they come by an identity provider, or by a key" />
    </Ask>
  );
}

export function ChangeRole({ user, close, done }: Answering & { user: User }) {
  const [role, setRole] = useState(user.role);
  return (
    <Ask title={`The role of ${user.name}`} verb="Change" disabled={role === user.role} run={() => changeUser(user.user_id, { role })} done={() => { done(`${user.name} is ${role} now`); }} close={close}>
      <RoleField value={role} change={setRole} focus />
      They have to log in again.
    </Ask>
  );
}

export function Password({ user, close, done }: Answering & { user: User }) {
  const [password, setPassword] = useState('');
  return (
    <Ask title={`A new password for ${user.name}`} verb="Set the password" disabled={password.length < SHORTEST} run={() => changeUser(user.user_id, { password })} done={() => { done(`${user.name} has a new password`); }} close={close}>
      <PasswordField value={password} change={setPassword} focus empty={`At least ${SHORTEST} characters`} />
      They are logged out everywhere. Tell them on a safe way; they can change it themselves.
    </Ask>
  );
}

export function RoleField({ value, change, focus = false, most }: { value: Role; change: (role: Role) => void; focus?: boolean; most?: string | undefined }) {
  const names = Object.keys(ROLES) as Role[];
  const allowed = most === undefined ? names : names.slice(0, names.findIndex((each) => each === most) + 1);
  return (
    <TextField select label="Role" autoFocus={focus} value={value} helperText={ROLES[value]} onChange={(event) => { change(event.target.value as Role); }} slotProps={{ select: { native: true } }}>
      {allowed.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </TextField>
  );
}

function PasswordField({ value, change, empty, focus = false }: { value: string; change: (value: string) => void; empty: string; focus?: boolean }) {
  const short = value.length > 0 && value.length < SHORTEST;
  return (
    <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
      <TextField
        label="Password"
        autoFocus={focus}
        value={value}
        error={short}
        helperText={short ? `${SHORTEST - value.length} more characters` : value === '' ? empty : 'It is shown this once'}
        onChange={(event) => { change(event.target.value); }}
        slotProps={{ htmlInput: { maxLength: 256, autoComplete: 'new-password', spellCheck: false } }}
        sx={{ flex: 1 }}
      />
      <Button sx={{ mt: 0.5 }} onClick={() => { change(phrase()); }}>
        Make one
      </Button>
      {value !== '' && (
        <Box sx={{ mt: 0.5 }}>
          <Copy key={value} text={value} label="Copy" />
        </Box>
      )}
    </Box>
  );
}
