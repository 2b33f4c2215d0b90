/** What came in = what became of it, and whether that is true. */
import Box from '@mui/material/Box';
import { Fragment } from 'react';
import { Mark } from '../../components/Status';
import { count, many } from '../../lib/format';
import type { Equation as Told } from './balance';

export function Equation({ of: { whole, parts, rest, why } }: { of: Told }) {
  const waits = rest !== 0 && why !== undefined;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 0.75, alignItems: 'baseline' }}>
      <Term {...whole} />
      {parts.map((part, place) => (
        <Fragment key={part.name}>
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {place === 0 ? ' = ' : ' + '}
          </Box>
          <Term {...part} />
        </Fragment>
      ))}
      <Box component="span" sx={{ display: 'inline-flex', alignItems: 'baseline', gap: 0.5, color: rest === 0 ? 'text.secondary' : 'text.primary', ml: 0.5 }}>
        <Mark tone={rest === 0 ? 'ok' : waits ? 'info' : 'critical'} size={11} />
        {rest === 0 ? 'balances' : waits ? `${many(rest, 'record')} ${why}` : `${count(Math.abs(rest))} ${rest > 0 ? 'missing' : 'too many'}`}
      </Box>
    </Box>
  );
}

function Term({ name, value }: { name: string; value: number }) {
  return (
    <Box component="span" sx={{ whiteSpace: 'nowrap' }}>
      <Box component="span" sx={{ fontWeight: 600 }}>
        {count(value)}
      </Box>{' '}
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {name}
      </Box>
    </Box>
  );
}
