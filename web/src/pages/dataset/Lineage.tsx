/** Where a dataset comes from and what is made of it: as a picture, and the same as a list. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, type ReactElement } from 'react';
import { lineage } from '../../api/dataset';
import { interval } from '../../api/live';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { many } from '../../lib/format';
import { List } from './List';
import { reached } from './reach';

const route = getRouteApi('/frame/datasets/$name/lineage');
const Graph = lazy(() => import('./Graph').then((module) => ({ default: module.Graph })));
const NONE: string[] = [];

export function Lineage(): ReactElement {
  const { name } = route.useParams();
  const { open = NONE } = route.useSearch();
  const navigate = route.useNavigate();
  const roomy = useMediaQuery('(min-width: 700px)', { noSsr: true }); // below it nothing of a picture could be read
  const { data, error, refetch } = useQuery({ ...lineage(name), refetchInterval: interval });
  const part = useMemo(() => data && reached(data, name, open), [data, name, open]);
  if (!data || !part) return error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={8} />;
  const expand = (id: string) => {
    void navigate({ search: (before) => ({ ...before, open: [...open.filter((each) => each !== id), id] }) });
  };
  const fold = () => {
    void navigate({ search: ({ open: _, ...rest }) => rest });
  };
  const note = part.nodes.length < data.nodes.length ? `${many(part.nodes.length, 'place')} of ${data.nodes.length}` : many(data.nodes.length, 'place');
  const told = (
    <>
      {note}
      {open.length > 0 && (
        <Button onClick={fold} sx={{ ml: 1 }}>
          Fold
        </Button>
      )}
    </>
  );
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      {roomy && (
        <Card title="From its source to what is made of it" note={told}>
          <Suspense fallback={<Loading rows={8} />}>
            <Graph part={part} expand={expand} />
          </Suspense>
        </Card>
      )}
      <Card title={roomy ? 'As a list' : 'From its source to what is made of it'} note={told}>
        <List part={part} expand={expand} />
      </Card>
    </Box>
  );
}
