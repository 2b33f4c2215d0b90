/** Where there is nothing: why, and what to do next. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  level?: 'h2' | 'h3' | 'p';
}

export function EmptyState({ title, children, action, level = 'h2' }: Props) {
  return (
    <Box sx={{ px: 3, py: { xs: 4, md: 6 }, maxWidth: '60ch', mx: 'auto', textAlign: 'center' }}>
      <Typography variant="h2" component={level} sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children && (
        <Typography component="div" sx={{ color: 'text.secondary' }}>
          {children}
        </Typography>
      )}
      {action && <Box sx={{ mt: 2.5 }}>{action}</Box>}
    </Box>
  );
}
