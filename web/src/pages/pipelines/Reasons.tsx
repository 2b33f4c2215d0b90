/** Reasons against a record, in words, with the place of each. */
import Box from '@mui/material/Box';
import type { Reason } from '../../api/quarantine';

export function Reasons({ title, reasons, inset = false }: { title: string; reasons: readonly Reason[]; inset?: boolean }) {
  return (
    <Box sx={{ px: inset ? 2 : 0, mt: inset ? 0 : 0.5 }}>
      <Box sx={{ color: 'text.secondary' }}>{title}</Box>
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {reasons.map(({ check, message }, place) => (
          <Box component="li" key={place} sx={{ overflowWrap: 'anywhere' }}>
            {message} <Box component="span" sx={{ color: 'text.secondary' }}>({check})</Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
