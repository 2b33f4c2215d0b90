/** Another password for oneself. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changePassword, me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';

const SHORTEST = 12;

export function Password() {
  const queries = useQueryClient();
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const changing = useMutation({
    mutationFn: () => changePassword(old, next),
    onSuccess: (found) => {
      queries.setQueryData(me.queryKey, found);
      void queries.invalidateQueries({ queryKey: ['access', 'sessions'] });
      setOld('');
      setNext('');
    },
  });
  const short = next.length > 0 && next.length < SHORTEST;
  return (
    <Card title="Password">
      <Box
        component="form"
        sx={{ display: 'grid', gap: 1.5, px: 2, pt: 1, pb: 1.5, maxWidth: 420 }}
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate();
        }}
      >
        <TextField type="password" label="Current password" value={old} onChange={(event) => { setOld(event.target.value); }} helperText="Empty, where you never had one" slotProps={{ htmlInput: { autoComplete: 'current-password' } }} />
        <TextField
          type="password"
          required
          label="New password"
          value={next}
          error={short}
          helperText={short ? `${SHORTEST - next.length} more characters` : `At least ${SHORTEST} characters; four words will do`}
          onChange={(event) => { setNext(event.target.value); }}
          slotProps={{ htmlInput: { autoComplete: 'new-password', maxLength: 256 } }}
        />
        {changing.error && <ErrorState error={changing.error} what="The password was not changed" />}
        <Box role="status">{changing.isSuccess && next === '' && <Status tone="ok">The password was changed; you are logged out everywhere else</Status>}</Box>
        <Box>
          <Button type="submit" variant="contained" disabled={next.length < SHORTEST} loading={changing.isPending}>
            Change the password
          </Button>
        </Box>
      </Box>
    </Card>
  );
}
