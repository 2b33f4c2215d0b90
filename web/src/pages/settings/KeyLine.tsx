/** A key: what it is good for, until when, and when it was used last. */
import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { users, type Key } from '../../api/access';
import { Line } from '../../components/Lines';
import { Status } from '../../components/Status';
import { Ago } from '../../components/Time';
import { useNow } from '../../lib/clock';
import { holds } from './standing';

export function KeyLine({ of: key, whose, revoke }: { of: Key; whose: 'own' | 'all'; revoke: () => void }) {
  const now = useNow();
  const { data } = useQuery({ ...users, enabled: whose === 'all' });
  const owner = data?.items.find((each) => each.user_id === key.user_id)?.name;
  const good = holds(key, now);
  return (
    <Line
      title={key.name}
      about={
        <>
          {key.role}
          {key.scopes.length > 0 && `, for ${key.scopes.join(', ')} alone`}
          {whose === 'all' && `, ${key.user_id === null ? 'nobody’s own' : `of ${owner ?? 'a user'}`}`}, made <Ago at={key.created_at} />
          {', '}
          {key.used_at ? (
            <>
              used <Ago at={key.used_at} />
            </>
          ) : (
            'never used'
          )}
        </>
      }
      state={<Standing of={key} good={good} />}
      actions={
        good ? (
          <Button onClick={revoke} aria-label={`Revoke ${key.name}`}>
            Revoke
          </Button>
        ) : undefined
      }
    />
  );
}

function Standing({ of: key, good }: { of: Key; good: boolean }) {
  if (key.revoked_at !== null) {
    return (
      <Status tone="unknown">
        revoked <Ago at={key.revoked_at} />
      </Status>
    );
  }
  if (!good) {
    return (
      <Status tone="unknown">
        over since <Ago at={key.expires_at} />
      </Status>
    );
  }
  return key.expires_at === null ? <span>holds until revoked</span> : (
    <span>
      ends <Ago at={key.expires_at} />
    </span>
  );
}
