/** The three parts of the page: pipelines, their runs, and what they refused. */
import Box from '@mui/material/Box';
import { styled } from '@mui/material/styles';
import { createLink } from '@tanstack/react-router';

const Tab = createLink(
  styled('a')(({ theme }) => ({
    padding: '8px 12px',
    color: theme.vars?.palette.text.secondary ?? 'inherit',
    textDecoration: 'none',
    borderBottom: '2px solid transparent',
    marginBottom: -1,
    '&:hover': { color: theme.vars?.palette.text.primary },
    '&[aria-current=page]': { color: theme.vars?.palette.primary.main, borderBottomColor: theme.vars?.palette.primary.main },
    '&:focus-visible': { outline: `2px solid ${theme.vars?.palette.primary.main ?? 'currentColor'}`, outlineOffset: -2 },
  })),
);

export function Sections() {
  return (
    <Box component="nav" aria-label="Parts of this page" sx={{ display: 'flex', borderBottom: 1, borderColor: 'divider', mb: 1.5 }}>
      <Tab to="/pipelines" activeOptions={{ exact: true, includeSearch: false }}>
        Pipelines
      </Tab>
      <Tab to="/pipelines/runs" activeOptions={{ includeSearch: false }}>
        Runs
      </Tab>
      <Tab to="/pipelines/quarantine" activeOptions={{ includeSearch: false }}>
        Quarantine
      </Tab>
    </Box>
  );
}
