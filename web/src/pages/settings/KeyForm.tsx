/** A key to be: what it is called, what it may do, for what, and how long. */
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addKey, users, type KeyWithSecret, type Role } from '../../api/access';
import { Ask } from '../../components/Ask';
import { RoleField } from './UserForms';

const TERMS = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'a year', '': 'until revoked' } as const;
const SCOPES = ['alerts', 'contracts', 'dashboard', 'data-quality', 'datasets', 'drift', 'freshness', 'jobs', 'monitors', 'profiles', 'quarantine', 'runs', 'validate'];

interface Props {
  whose: 'own' | 'all';
  role: string;
  close: () => void;
  done: (made: KeyWithSecret) => void;
}

export function KeyForm({ whose, role: most, close, done }: Props) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<string[]>([]);
  const [user, setUser] = useState('');
  const { data } = useQuery({ ...users, enabled: whose === 'all' });
  const given = { name: name.trim(), role, scopes, days: days === '' ? null : Number(days), ...(user ? { user } : {}) };
  return (
    <Ask title="Create a key" verb="Create" disabled={given.name === ''} run={() => addKey(whose, given)} done={done} close={close}>
      <TextField autoFocus required label="Name" value={name} onChange={(event) => { setName(event.target.value); }} helperText="What it is for, such as: nightly upload" slotProps={{ htmlInput: { maxLength: 200, autoComplete: 'off' } }} />
      {whose === 'all' && (
        <TextField select label="Whose" value={user} onChange={(event) => { setUser(event.target.value); }} helperText="It ends with its owner, and has their role at most" slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}>
          <option value="">Nobody’s own</option>
          {data?.items.filter((each) => each.active).map((each) => (
            <option key={each.user_id} value={each.name}>
              {each.name}
            </option>
          ))}
        </TextField>
      )}
      <RoleField value={role} change={setRole} most={whose === 'own' ? most : undefined} />
      <TextField select label="Holds" value={days} onChange={(event) => { setDays(event.target.value); }} slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}>
        {Object.entries(TERMS).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </TextField>
      <TextField
        select
        label="For"
        value={scopes}
        onChange={(event) => { setScopes([...(event.target as unknown as HTMLSelectElement).selectedOptions].map((each) => each.value)); }}
        helperText={scopes.length === 0 ? 'Nothing chosen: all parts of the API' : `Good for ${scopes.join(', ')} alone`}
        slotProps={{ select: { native: true, multiple: true }, inputLabel: { shrink: true }, htmlInput: { size: 5 } }}
      >
        {SCOPES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </TextField>
    </Ask>
  );
}
