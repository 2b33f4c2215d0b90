/** What cost points, in words: the column, what was looked at, and how many of how many. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { count, words } from '../../lib/format';
import type { Loss } from './points';

interface Props {
  loss: Loss;
  open: (column: string) => void;
}

export function Cause({ loss: { check, found }, open }: Props) {
  const column = found?.column;
  const named = column != null && !check.startsWith('contract: ');
  return (
    <Box sx={{ pl: 2.5, overflowWrap: 'anywhere' }}>
      {named ? (
        <>
          <Button onClick={() => { open(column); }} title={`Show the column ${column}`} sx={{ p: 0, minWidth: 0, fontSize: 'inherit', textAlign: 'left', verticalAlign: 'baseline', overflowWrap: 'anywhere' }}>
            {column}
          </Button>
          {`: ${words(found?.kind ?? '')}`}
        </>
      ) : (
        (found && check.startsWith('contract: ') ? check : words(check))
      )}
      {found?.failed != null && `, ${count(found.failed)} of ${count(found.evaluated)}`}
    </Box>
  );
}
