/** Who is told of what, and who may do what? A tab for each subject; those for others are not there. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import { me, may } from '../../api/session';
import { BoxLink } from '../../components/BoxLink';
import { EmptyState } from '../../components/EmptyState';
import { Page } from '../../components/Page';
import { TABS, tabsOf } from './tabs';

export function Settings() {
  const { data: who } = useQuery(me);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const current = TABS.find((tab) => path.startsWith(tab.path));
  const allowed = current === undefined || may(who, current.role);
  return (
    <Page title={current ? `Settings: ${current.name.toLowerCase()}` : 'Settings'} about="Who is told of what, and who may do what.">
      <Box component="nav" aria-label="Settings" sx={{ display: 'flex', flexWrap: 'wrap', borderBottom: 1, borderColor: 'divider', mb: 2 }}>
        {tabsOf(who).map((tab) => (
          <BoxLink
            key={tab.path}
            to={tab.path}
            activeOptions={{ includeSearch: false }}
            sx={{ px: 1.5, py: 1, color: 'text.secondary', borderBottom: '2px solid transparent', whiteSpace: 'nowrap', '&[aria-current=page]': { color: 'text.primary', fontWeight: 600, borderColor: 'primary.main' } }}
          >
            {tab.name}
          </BoxLink>
        ))}
      </Box>
      {allowed ? (
        <Outlet />
      ) : (
        <EmptyState title={`This is for the role ${current.role}`}>
          You are logged in as {who?.name}, {who?.role}. An admin can give you another role.
        </EmptyState>
      )}
    </Page>
  );
}

/** The first tab that somebody may see. */
export function First() {
  const { data: who } = useQuery(me);
  const [first] = tabsOf(who);
  return first && <Navigate to={first.path} replace />;
}
