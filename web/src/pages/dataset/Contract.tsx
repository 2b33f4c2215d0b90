/** What is promised of a dataset, beside what is observed; what changed since the pinned contract; and the document. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { dataset, type Detail } from '../../api/dataset';
import { EmptyState } from '../../components/EmptyState';
import { Fact, Facts } from '../../components/Facts';
import { Loading } from '../../components/Loading';
import { plain } from '../../lib/format';
import { Changes } from './Changes';
import { Clauses } from './Clauses';
import { Document } from './Document';
import { contract as kept, VIEWS, type ContractSearch, type View } from './tabs';

const route = getRouteApi('/frame/datasets/$name/contract');

const NAMES: Record<View, string> = { clauses: 'Beside the data', changes: 'Changes', yaml: 'YAML' };

export function Contract(): ReactElement {
  const { name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data } = useQuery(dataset(name));
  const view = search.view ?? 'clauses';
  const change = (next: { [Key in keyof ContractSearch]?: ContractSearch[Key] | undefined }, replace = true) => {
    void navigate({ search: (before) => kept({ ...before, ...next }), replace });
  };
  if (!data) return <Loading rows={6} />;
  if (data.contract.id === null) {
    return (
      <Paper>
        <EmptyState title={data.contract.fault ? 'The contract cannot be used' : 'There is no contract'}>
          {data.contract.fault ?? 'Nothing is promised of this dataset, and which of its columns may be seen is said nowhere.'}
        </EmptyState>
      </Paper>
    );
  }
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Head dataset={data} />
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label="What is shown of the contract"
        value={view}
        onChange={(_, next: View | null) => {
          if (next) void navigate({ search: next === 'clauses' ? {} : { view: next } });
        }}
      >
        {VIEWS.map((each) => (
          <ToggleButton key={each} value={each} sx={{ textTransform: 'none', py: 0.5 }}>
            {NAMES[each]}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {view === 'clauses' && <Clauses name={name} search={search} change={change} />}
      {view === 'changes' && <Changes dataset={data} />}
      {view === 'yaml' && <Document name={name} />}
    </Box>
  );
}

function Head({ dataset: { contract } }: { dataset: Detail }) {
  return (
    <Paper component="section" aria-label="The contract" sx={{ px: 2, py: 1.5 }}>
      <Facts narrow>
        <Fact name="Contract">{contract.id}</Fact>
        <Fact name="Version">{contract.version}</Fact>
        <Fact name="Status">{contract.status ?? 'not said'}</Fact>
        <Fact name="File">{contract.path ?? 'none'}</Fact>
        {contract.service_levels.map((level) => (
          <Fact key={`${plain(level['property'])} ${plain(level['element'])}`} name={plain(level['property'])}>
            {plain(level['value'])} {level['unit'] == null ? '' : plain(level['unit'])}
            {level['element'] != null && (
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {' '}
                {plain(level['element'])}
              </Box>
            )}
          </Fact>
        ))}
      </Facts>
    </Paper>
  );
}
