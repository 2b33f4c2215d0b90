/** The questions that actions ask: why it is over, until when to be silent, whose it is. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useState, type ReactNode } from 'react';
import { REASONS, type Action, type Reason } from '../../api/alerts';
import { many } from '../../lib/format';

export type Asking = 'resolve' | 'snooze' | 'assign';

interface Props {
  asking: Asking;
  size: number;
  name: string;
  answer: (action: Action | undefined) => void;
}

export function Ask({ asking, size, name, answer }: Props) {
  switch (asking) {
    case 'resolve':
      return <Resolve size={size} answer={answer} />;
    case 'snooze':
      return <Snooze size={size} answer={answer} />;
    case 'assign':
      return <Assign size={size} name={name} answer={answer} />;
  }
}

type Form = Pick<Props, 'size' | 'answer'>;

function Shell({ title, verb, answer, action, children }: { title: string; verb: string; answer: Props['answer']; action: () => Action; children: ReactNode }) {
  return (
    <Dialog
      open
      onClose={() => {
        answer(undefined);
      }}
      aria-labelledby="ask"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer(action());
        }}
      >
        <DialogTitle id="ask">{title}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, '&&': { pt: 1 } }}>{children}</DialogContent>
        <DialogActions>
          <Button
            onClick={() => {
              answer(undefined);
            }}
          >
            Cancel
          </Button>
          <Button type="submit" variant="contained">
            {verb}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Note({ value, change }: { value: string; change: (value: string) => void }) {
  return (
    <TextField
      label="Note"
      multiline
      minRows={2}
      value={value}
      onChange={(event) => {
        change(event.target.value);
      }}
      slotProps={{ htmlInput: { maxLength: 5000 } }}
    />
  );
}

function Resolve({ size, answer }: Form) {
  const [reason, setReason] = useState<Reason>('fixed');
  const [note, setNote] = useState('');
  return (
    <Shell
      title={`Resolve ${many(size, 'alert')}`}
      verb={`Resolve ${many(size, 'alert')}`}
      answer={answer}
      action={() => ({ verb: 'resolve', reason, ...(note ? { note } : {}) })}
    >
      <TextField
        select
        autoFocus
        label="Reason"
        value={reason}
        onChange={(event) => {
          setReason(event.target.value as Reason);
        }}
        slotProps={{ select: { native: true } }}
      >
        {Object.entries(REASONS).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </TextField>
      <Note value={note} change={setNote} />
    </Shell>
  );
}

const HOURS: [string, number][] = [
  ['1 hour', 1],
  ['4 hours', 4],
  ['1 day', 24],
  ['3 days', 72],
  ['1 week', 168],
];

function Snooze({ size, answer }: Form) {
  const [hours, setHours] = useState(4);
  const [note, setNote] = useState('');
  return (
    <Shell
      title={`Snooze ${many(size, 'alert')}`}
      verb={`Snooze ${many(size, 'alert')}`}
      answer={answer}
      action={() => ({
        verb: 'snooze',
        until: new Date(Date.now() + hours * 3_600_000).toISOString(),
        ...(note ? { note } : {}),
      })}
    >
      <TextField
        select
        autoFocus
        label="For"
        value={hours}
        helperText="It comes back then, or as soon as it gets worse"
        onChange={(event) => {
          setHours(Number(event.target.value));
        }}
        slotProps={{ select: { native: true } }}
      >
        {HOURS.map(([label, value]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </TextField>
      <Note value={note} change={setNote} />
    </Shell>
  );
}

function Assign({ size, name, answer }: Form & { name: string }) {
  const [who, setWho] = useState(name);
  return (
    <Shell
      title={`Assign ${many(size, 'alert')}`}
      verb={who.trim() === '' ? 'Assign to nobody' : 'Assign'}
      answer={answer}
      action={() => ({ verb: 'assign', assignee: who.trim() || null })}
    >
      <TextField
        autoFocus
        label="To"
        value={who}
        helperText="Empty: to nobody"
        onChange={(event) => {
          setWho(event.target.value);
        }}
        slotProps={{ htmlInput: { maxLength: 200 } }}
      />
    </Shell>
  );
}
