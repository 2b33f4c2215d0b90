/** Logging in: by name and password, or by the token that the first start shows. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { logIn, logInByToken, me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';

const route = getRouteApi('/login');

export function Login() {
  const { next } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [byToken, setByToken] = useState(true);
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const entering = useMutation({
    mutationFn: () => (byToken ? logInByToken(secret) : logIn(name, secret)),
    onSuccess: (found) => {
      queries.clear();
      queries.setQueryData(me.queryKey, found);
      router.history.push(next ?? '/');
    },
  });
  useEffect(() => {
    document.title = 'Log in · SentinelDQ';
  }, []);
  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Paper
        component="form"
        sx={{ p: 3, width: '100%', maxWidth: 380, display: 'grid', gap: 2 }}
        onSubmit={(event) => {
          event.preventDefault();
          entering.mutate();
        }}
      >
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.25 }}>
          <Box component="img" src="/icon.svg" alt="" sx={{ width: 28 }} />
          <Typography variant="h1" id="title" tabIndex={-1}>
            Log in to SentinelDQ
          </Typography>
        </Box>
        {!byToken && (
          <TextField
            label="Name"
            name="username"
            autoComplete="username"
            required
            value={name}
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        )}
        <TextField
          key={String(byToken)}
          label={byToken ? 'Token' : 'Password'}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={secret}
          helperText={byToken ? '`sentinel serve` shows one at its first start' : undefined}
          onChange={(event) => {
            setSecret(event.target.value);
          }}
        />
        {entering.error && <ErrorState error={entering.error} />}
        <Button type="submit" variant="contained" size="large" loading={entering.isPending}>
          Log in
        </Button>
        <Button
          onClick={() => {
            setByToken(!byToken);
            setSecret('');
            entering.reset();
          }}
        >
          {byToken ? 'Use a name and a password' : 'Use a token'}
        </Button>
      </Paper>
    </Box>
  );
}
