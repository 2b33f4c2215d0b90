/** One dataset: how it is and why, and a tab for each question about it. */
import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useQuery } from '@tanstack/react-query';
import { createLink, getRouteApi, Outlet, useRouterState } from '@tanstack/react-router';
import { dataset } from '../../api/dataset';
import { interval } from '../../api/live';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { Header } from './Header';

const route = getRouteApi('/frame/datasets/$name');

const TABS = [
  ['/datasets/$name', 'Overview'],
  ['/datasets/$name/contract', 'Contract'],
  ['/datasets/$name/columns', 'Columns'],
  ['/datasets/$name/versions', 'Versions'],
  ['/datasets/$name/sample', 'Sample'],
  ['/datasets/$name/lineage', 'Lineage'],
] as const;

const LinkTab = createLink(Tab);

export function Dataset() {
  const { name } = route.useParams();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { data, error, refetch } = useQuery({ ...dataset(name), refetchInterval: interval });
  const last = path.replace(/\/$/, '').split('/').at(-1);
  const tab = TABS.findIndex(([to]) => to.endsWith(`/${last ?? ''}`));
  return (
    <Page title={name} about={data?.description}>
      {data ? <Header dataset={data} /> : error ? <ErrorState error={error} retry={() => void refetch()} what="This dataset could not be shown" /> : <Loading rows={2} />}
      {!(error && !data) && (
        <>
          <Box component="nav" aria-label={`About ${name}`} sx={{ borderBottom: 1, borderColor: 'divider', mb: 1.5 }}>
            <Tabs value={Math.max(tab, 0)} variant="scrollable" scrollButtons={false}>
              {TABS.map(([to, word], place) => (
                <LinkTab key={to} to={to} params={{ name }} label={word} value={place} />
              ))}
            </Tabs>
          </Box>
          <Outlet />
        </>
      )}
    </Page>
  );
}
