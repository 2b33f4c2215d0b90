/** A question before something is done: a form in a dialog, which stays with what was typed where it fails. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useMutation } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { ErrorState } from './ErrorState';

interface Props<Result> {
  title: string;
  /** What the button says: a verb. */
  verb: string;
  run: () => Promise<Result>;
  done: (result: Result) => void;
  close: () => void;
  children?: ReactNode;
  /** For what cannot be undone. */
  grave?: boolean;
  disabled?: boolean;
}

export function Ask<Result>({ title, verb, run, done, close, children, grave = false, disabled = false }: Props<Result>) {
  const id = useId();
  const running = useMutation({ mutationFn: run, onSuccess: done });
  return (
    <Dialog open onClose={close} aria-labelledby={id}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          running.mutate();
        }}
      >
        <DialogTitle id={id} sx={{ overflowWrap: 'anywhere' }}>
          {title}
        </DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, '&&': { pt: 1 } }}>
          {children}
          {running.error && <ErrorState error={running.error} what="Not done" />}
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="contained" color={grave ? 'error' : 'primary'} disabled={disabled} loading={running.isPending}>
            {verb}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
