/** What surrounds every page: the ways to the others, who is logged in, and whether what is shown is up to date. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { follow } from '../api/live';
import { useKeys } from '../lib/keys';
import { Account } from './Account';
import { ConnectionNotice } from './ConnectionNotice';
import { Finder } from './Finder';
import { Help } from './Help';
import { Navigation } from './Navigation';
import { PAGES } from './pages';

export function Frame() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [helping, help] = useState(false);
  const [finding, find] = useState(false);
  const [menu, setMenu] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const page = PAGES.find((each) => each.path !== '/' && path.startsWith(each.path)) ?? PAGES[0];

  useEffect(() => {
    const stop = new AbortController();
    void follow(queries, stop.signal);
    return () => {
      stop.abort();
    };
  }, [queries]);
  const openPalette = () => {
    find(true);
  };
  useKeys({
    '?': () => {
      help(true);
    },
    '/': openPalette,
    'mod k': openPalette,
    ...Object.fromEntries(PAGES.map(({ path: to, key }) => [`g ${key}`, () => void navigate({ to })])),
  }, { last: true });

  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '200px minmax(0, 1fr)' }, gridTemplateRows: 'auto 1fr', minHeight: '100vh' }}>
      <SkipLink />
      <Box
        component="header"
        sx={{ gridColumn: '1 / -1', display: 'flex', alignItems: 'center', gap: 1, px: 2, height: 48, borderBottom: 1, borderColor: 'divider', bgcolor: 'background.paper', position: 'sticky', top: 0, zIndex: 10 }}
      >
        <IconButton
          size="small"
          aria-label="Pages"
          aria-expanded={menu}
          sx={{ display: { md: 'none' } }}
          onClick={() => {
            setMenu(!menu);
          }}
        >
          <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden>
            <path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" strokeWidth="1.5" />
          </svg>
        </IconButton>
        <Box component="img" src="/icon.svg" alt="" sx={{ width: 20, height: 20 }} />
        <Box component="nav" aria-label="Breadcrumb" sx={{ flex: 1, minWidth: 0, whiteSpace: 'nowrap', overflow: 'hidden' }}>
          <Box component="span" sx={{ fontWeight: 600, display: { xs: 'none', sm: 'inline' } }}>
            SentinelDQ
            <Box component="span" aria-hidden sx={{ color: 'text.secondary', mx: 1, fontWeight: 400 }}>
              /
            </Box>
          </Box>
          <span aria-current="page">{page.name}</span>
        </Box>
        <Search open={openPalette} />
        <ConnectionNotice />
        <Button
          onClick={() => {
            help(true);
          }}
          aria-label="Keyboard shortcuts"
          sx={{ minWidth: 32, display: { xs: 'none', sm: 'inline-flex' } }}
        >
          ?
        </Button>
        <Account />
      </Box>
      <Navigation
        open={menu}
        close={() => {
          setMenu(false);
        }}
      />
      <Box component="main" id="main" sx={{ p: { xs: 2, md: 3 }, minWidth: 0, maxWidth: 1600 }}>
        <Outlet />
      </Box>
      {finding && (
        <Finder
          close={() => {
            find(false);
          }}
          help={() => {
            help(true);
          }}
        />
      )}
      <Help
        open={helping}
        close={() => {
          help(false);
        }}
      />
    </Box>
  );
}

const PHONE = '@media (max-width: 599.95px)';

/** The way to the command palette for who has no keys. On a phone its words are there for who does not see the sign. */
function Search({ open }: { open: () => void }) {
  return (
    <Button onClick={open} aria-haspopup="dialog" aria-keyshortcuts="Control+K /" color="inherit" sx={{ color: 'text.secondary', border: { sm: 1 }, borderColor: { sm: 'divider' }, minWidth: 32, gap: 1, fontWeight: 400 }}>
      <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden>
        <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="m10.5 10.5 3.5 3.5" stroke="currentColor" strokeWidth="1.5" />
      </svg>
      <Box component="span" sx={{ [PHONE]: { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' } }}>
        Find anything
      </Box>
      <Box component="kbd" aria-hidden sx={{ display: { xs: 'none', md: 'inline' } }}>
        Ctrl K
      </Box>
    </Button>
  );
}

function SkipLink() {
  return (
    <Box
      component="a"
      href="#title"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('title')?.focus();
      }}
      sx={{ position: 'fixed', top: 8, left: 8, zIndex: 20, p: 1, bgcolor: 'background.paper', border: 1, borderRadius: 1, color: 'text.primary', transform: 'translateY(-200%)', '&:focus': { transform: 'none' } }}
    >
      Skip to the content
    </Box>
  );
}
