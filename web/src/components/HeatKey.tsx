/** What the colours of a heat map mean, and what is under the pointer or the cursor. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import { number } from '../lib/format';
import { PAINT, type Step } from './heatcells';

export function HeatKey({ threshold, children }: { threshold: number; children: ReactNode }) {
  const third = (1 - threshold) / 3;
  const entries: [Step, string][] = [
    [0, `below ${number(threshold)}`],
    [1, `from ${number(threshold)}`],
    [2, `from ${number(threshold + third)}`],
    [3, `from ${number(threshold + 2 * third)}`],
    ['few', 'too little data'],
    ['none', 'not looked at'],
  ];
  return (
    <Box sx={{ display: 'flex', columnGap: 2, rowGap: 0.5, flexWrap: 'wrap', px: 2, py: 1, fontSize: '0.8125rem', color: 'text.secondary', borderTop: 1, borderColor: 'divider' }}>
      <Box aria-hidden sx={{ flex: '1 1 320px', minHeight: 20, overflowWrap: 'anywhere', color: 'text.primary' }}>
        {children}
      </Box>
      {entries.map(([step, words]) => (
        <Box key={words} component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
          <Box component="span" aria-hidden sx={{ width: 14, height: 14, borderRadius: '2px', border: step === 'none' || step === 'few' ? 1 : 0, borderColor: 'divider' }} style={{ background: PAINT[step] }} />
          {words}
        </Box>
      ))}
    </Box>
  );
}
