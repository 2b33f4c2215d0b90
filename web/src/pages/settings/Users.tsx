/** Who may come in, and with which role. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { users, type User } from '../../api/access';
import { me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';
import { Line, Lines } from '../../components/Lines';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { many } from '../../lib/format';
import { Questions, type Question } from './questions';

export function Users() {
  const asked = useQuery(users);
  const { data: who } = useQuery(me);
  const queries = useQueryClient();
  const [question, ask] = useState<Question>();
  const [said, say] = useState('');
  return (
    <Card
      title="Users"
      note={
        <Button variant="contained" onClick={() => { ask({ kind: 'add' }); }}>
          Add a user
        </Button>
      }
    >
      <Box role="status" sx={{ px: 2, color: 'text.secondary', fontSize: '0.8125rem' }}>
        {said || (asked.data && many(asked.data.total ?? asked.data.items.length, 'user'))}
      </Box>
      {!asked.data && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={4} height={52} />)}
      {asked.data && (
        <Lines label="Users">
          {asked.data.items.map((user) => (
            <UserLine key={user.user_id} user={user} own={user.name === who?.name} ask={ask} />
          ))}
        </Lines>
      )}
      {question && (
        <Questions
          question={question}
          close={() => { ask(undefined); }}
          done={(text) => {
            ask(undefined);
            say(text);
            void queries.invalidateQueries({ queryKey: ['access'] });
          }}
        />
      )}
    </Card>
  );
}

function UserLine({ user, own, ask }: { user: User; own: boolean; ask: (question: Question) => void }) {
  const button = (label: string, question: Question, disabled = false) => (
    <Button disabled={disabled} onClick={() => { ask(question); }} aria-label={`${label}: ${user.name}`}>
      {label}
    </Button>
  );
  return (
    <Line
      title={
        <>
          {user.name}
          {user.display_name && <Box component="span" sx={{ fontWeight: 400, color: 'text.secondary' }}>{` ${user.display_name}`}</Box>}
          {own && <Box component="span" sx={{ fontWeight: 400, color: 'text.secondary' }}> (you)</Box>}
        </>
      }
      about={
        <>
          {user.role}, {wayIn(user)}, added <Ago at={user.created_at} />
        </>
      }
      state={
        !user.active ? (
          <Status tone="unknown">let in no more</Status>
        ) : user.sessions > 0 ? (
          <Status tone="ok">
            logged in{user.sessions > 1 && ` ${user.sessions} times`}, seen <Ago at={user.seen_at} />
          </Status>
        ) : (
          <Box sx={{ color: 'text.secondary' }}>not logged in</Box>
        )
      }
      actions={
        user.active ? (
          <>
            {button('Role', { kind: 'role', user })}
            {!user.issuer && button(user.has_password ? 'Reset password' : 'Set a password', { kind: 'password', user })}
            {user.sessions > 0 && !own && button('Log out', { kind: 'out', user })}
            {button('Disable', { kind: 'disable', user }, own)}
          </>
        ) : (
          button('Let in again', { kind: 'enable', user })
        )
      }
    />
  );
}

function wayIn({ has_password, issuer }: User): string {
  if (issuer) return `by ${new URL(issuer).hostname}`;
  return has_password ? 'by password' : 'by key alone';
}
