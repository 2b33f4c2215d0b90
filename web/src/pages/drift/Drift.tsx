/** What has changed, where, and since when? */
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../../components/Page';
import { useRange } from '../../components/range';
import { TimeRange } from '../../components/TimeRange';
import { Matrix } from './Matrix';
import { OneSeries } from './OneSeries';
import { search as kept, TABS, type Change, type Tab as Name } from './search';
import { SeriesList } from './SeriesList';

const route = getRouteApi('/frame/drift');

export function Drift() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, days, change: choose } = useRange();
  const change = (next: Change, replace = false) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace });
  };
  const { tab = 'columns', series } = search; // the list of series tells of now
  return (
    <Page title="Drift" about="What has changed, where, and since when?" actions={(tab === 'columns' || series) && <TimeRange key={range.from + range.to} value={range} change={choose} />}>
      <Tabs value={tab} onChange={(_, to: Name) => { change({ tab: to, q: undefined, series: undefined }); }} aria-label="What is shown" sx={{ mb: 1.5 }}>
        {(Object.entries(TABS) as [Name, string][]).map(([name, label]) => (
          <Tab key={name} value={name} label={label} />
        ))}
      </Tabs>
      {tab === 'columns' && <Matrix search={search} change={change} range={range} days={days} />}
      {tab === 'series' && !series && <SeriesList search={search} change={change} />}
      {tab === 'series' && series && <OneSeries key={series} name={series} range={range} back={() => { change({ series: undefined }); }} />}
    </Page>
  );
}
