/** What is on its way: lines of the height of what will come, so that nothing jumps. */
import Box from '@mui/material/Box';

export function Loading({ rows = 5, height = 36, label = 'Loading' }: { rows?: number; height?: number; label?: string }) {
  return (
    <Box role="status" aria-label={label} sx={{ py: 0.5 }}>
      {Array.from({ length: rows }, (_, row) => (
        <Box key={row} sx={{ height, px: 2, display: 'flex', alignItems: 'center' }}>
          <Box sx={{ height: 10, borderRadius: 1, bgcolor: 'divider', width: `${85 - ((row * 17) % 40)}%` }} />
        </Box>
      ))}
    </Box>
  );
}
