/** One column in two windows: how it is distributed, what moved, by which tests, and since when. */
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { column as one, type ColumnDrift as Column } from '../../api/drift';
import { Chart } from '../../components/Chart';
import { Commands } from '../../components/Commands';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card, Page } from '../../components/Page';
import { useRange } from '../../components/range';
import { Severity, Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { many, number } from '../../lib/format';
import { zone } from '../../lib/stored';
import { Choose } from './Choose';
import { FoundList } from './FoundList';
import { History } from './History';
import { MovedList } from './MovedList';
import { flags, query } from './same';
import { shapeOf } from './shapes';
import { Numbers, Tests } from './Tables';

const route = getRouteApi('/frame/drift/$dataset/$column');
const DAYS = 30; // of its history, at least

export function ColumnDrift() {
  const { dataset, column } = route.useParams();
  const { baseline, current } = route.useSearch();
  const navigate = route.useNavigate();
  const days = Math.min(Math.max(useRange().days, DAYS), 365);
  const windows = { baseline, current };
  const { data, error, refetch, isPlaceholderData } = useQuery(one(dataset, column, windows, days));
  return (
    <Page
      title={column}
      about={
        <>
          Drift of a column of <TextLink to="/drift/$dataset" params={{ dataset }} search={windows}>{dataset}</TextLink>, among <TextLink to="/drift">all drift</TextLink>
        </>
      }
      actions={data && <Verdict of={data} />}
    >
      <Choose key={JSON.stringify(windows)} value={windows} choose={(next) => { void navigate({ search: next }); }} sides={error ? undefined : data} />
      {error && <ErrorState error={error} retry={() => void refetch()} what="These windows could not be compared" />}
      {!error && !data && <Loading rows={10} label="Comparing" />}
      {!error && data && (
        <Box aria-busy={isPlaceholderData} sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1.4fr) minmax(0, 1fr)' }, alignItems: 'start' }}>
          <Box sx={{ display: 'grid', gap: 2, minWidth: 0 }}>
            <Distributions of={data} />
            <Card title="What it scored before">
              <History of={data} />
            </Card>
          </Box>
          <Box sx={{ display: 'grid', gap: 2, minWidth: 0 }}>
            <Card title="What moved" note={data.drifts.length > 0 && many(data.drifts.length, 'finding')}>
              {data.drifts.length > 0 ? <MovedList dataset={dataset} moved={data.drifts} column={column} /> : <EmptyState title={data.tests.every((test) => test.status === 'not enough data') ? 'There was too little data to tell' : 'Nothing moved'} level="h3" />}
            </Card>
            {data.statistics.length > 0 && (
              <Card title="From baseline to current">
                <Numbers of={data} zone={zone.get()} />
              </Card>
            )}
          </Box>
          <Box sx={{ gridColumn: '1 / -1', display: 'grid', gap: 2, minWidth: 0 }}>
            <Card title="Tests" note={`${many(data.tests.length, 'test')}; p adjusted for all tests of the dataset`}>
              <Tests tests={data.tests} />
            </Card>
            <Card title="Found before" note={`in ${many(days, 'day')}`}>
              <FoundList dataset={dataset} column={column} range={{ from: `now-${days}d`, to: 'now' }} />
            </Card>
          </Box>
        </Box>
      )}
      <Commands lines={{ CLI: `sentinel drift ${dataset}${flags(windows)}`, API: `/api/v1/drift/${encodeURIComponent(dataset)}/columns/${encodeURIComponent(column)}${query(windows)}` }} />
    </Page>
  );
}

function Verdict({ of: { drifts, score, tests } }: { of: Column }) {
  const worst = drifts[0]?.severity;
  if (worst) {
    return (
      <Box sx={{ display: 'flex', gap: 1.5 }}>
        <Severity of={worst} />
        <span>drifted, score {number(score)}</span>
      </Box>
    );
  }
  if (tests.every((test) => test.status === 'not enough data')) return <Status tone="unknown">too little data</Status>;
  return <Status tone="ok">no drift, score {number(score)}</Status>;
}

function Distributions({ of }: { of: Column }) {
  const where = zone.use();
  if (of.distributions.length === 0) {
    return (
      <Card title="Distribution">
        <EmptyState title={of.hidden ? 'This column is classified' : 'There is nothing to draw'} level="h3">
          {of.hidden ? 'Its values are shown to nobody; that it moved, and by how much, is told.' : 'Neither window kept values of it.'}
        </EmptyState>
      </Card>
    );
  }
  return of.distributions.map((each) => {
    const { title, data, head, height, summary } = shapeOf(each, where);
    return (
      <Card key={title} title={title.charAt(0).toUpperCase() + title.slice(1)}>
        <Chart title={`${of.column}, ${title}`} summary={summary} data={data} head={head} height={height} />
      </Card>
    );
  });
}
