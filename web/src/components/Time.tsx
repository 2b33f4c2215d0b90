/** A moment: how long ago, and, for who points at it or reads it out, when exactly and in which zone. */
import Tooltip from '@mui/material/Tooltip';
import { useNow } from '../lib/clock';
import { ago, moment } from '../lib/format';
import { zone } from '../lib/stored';

export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  const where = zone.use();
  if (!at) return <span>–</span>;
  const full = moment(at, where);
  return (
    <Tooltip title={full} describeChild>
      <time dateTime={at}>{ago(at, now)}</time>
    </Tooltip>
  );
}

export function Moment({ at }: { at: string | null | undefined }) {
  const where = zone.use();
  return at ? <time dateTime={at}>{moment(at, where)}</time> : <span>–</span>;
}
