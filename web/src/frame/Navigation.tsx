/** The ways to the pages. On a narrow screen they open from the button in the head. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { summary } from '../api/alerts';
import { interval } from '../api/live';
import { BoxLink } from '../components/BoxLink';
import { count, many } from '../lib/format';
import { PAGES } from './pages';

export function Navigation({ open: shown, close }: { open: boolean; close: () => void }) {
  const { data } = useQuery({ ...summary, refetchInterval: interval });
  const open = data ? data.open + data.acknowledged : 0;
  return (
    <Box
      component="nav"
      aria-label="Pages"
      sx={{
        borderRight: { md: 1 },
        borderBottom: { xs: 1, md: 0 },
        borderColor: { xs: 'divider', md: 'divider' },
        p: 1,
        display: { xs: shown ? 'block' : 'none', md: 'block' },
        bgcolor: 'background.paper',
      }}
    >
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, position: { md: 'sticky' }, top: 56 }}>
        {PAGES.map(({ path, name }) => (
          <li key={path}>
            <BoxLink
              to={path}
              activeOptions={{ exact: path === '/', includeSearch: false }}
              onClick={close}
              sx={{
                display: 'flex',
                justifyContent: 'space-between',
                alignItems: 'center',
                px: 1.5,
                height: 36,
                borderRadius: 1,
                color: 'text.secondary',
                '&[aria-current=page]': { color: 'text.primary', fontWeight: 600, bgcolor: 'action.selected' },
              }}
            >
              {name}
              {path === '/alerts' && open > 0 && (
                <Box component="span" aria-label={many(open, 'open alert')} role="img" sx={{ fontSize: '0.75rem', fontWeight: 600 }}>
                  {count(open)}
                </Box>
              )}
              {path === '/models' && <Box component="span" sx={{ fontSize: '0.75rem' }}>later</Box>}
            </BoxLink>
          </li>
        ))}
      </Box>
    </Box>
  );
}
