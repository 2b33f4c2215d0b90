/** The way into the command palette: its code comes when it is opened, and what is typed meanwhile is not lost. */
import Box from '@mui/material/Box';
import { lazy, Suspense, useState } from 'react';

const Palette = lazy(() => import('./Palette').then(({ Palette: found }) => ({ default: found })));

interface Props {
  close: () => void;
  help: () => void;
}

export function Finder({ close, help }: Props) {
  const [early, type] = useState('');
  const waiting = (
    <Box role="dialog" aria-label="Find anything" aria-busy sx={{ position: 'fixed', top: 0, opacity: 0 }}>
      <Box
        component="input"
        aria-label="Find anything"
        autoFocus
        value={early}
        onChange={(event) => {
          type(event.target.value);
        }}
      />
    </Box>
  );
  return (
    <Suspense fallback={waiting}>
      <Palette start={early} close={close} help={help} />
    </Suspense>
  );
}
