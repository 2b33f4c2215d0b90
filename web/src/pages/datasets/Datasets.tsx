/** Which datasets are there, and can each be trusted? */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Row, Sort } from '../../api/datasets';
import { placeOf } from '../../components/DatasetLink';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { many } from '../../lib/format';
import { COLUMNS, Compact, WAY } from './columns';
import { Filters } from './Filters';
import { useDatasets } from './pages';
import { filters, search as kept, USUAL, type Change } from './search';

const route = getRouteApi('/frame/datasets');
const COMPACT = { height: 56, cell: Compact };
const TURNED = { ascending: 'descending', descending: 'ascending' } as const;
const id = (row: Row) => row.name;

export function Datasets() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, sort = USUAL, reverse = false, health, layer, owner, domain, tag } = search;
  const { rows, total, facets, error, old, retry, seen } = useDatasets({ search: q, health, layer, owner, domain, tag, sort, reverse });
  const change = useCallback(
    (next: Change) => {
      void navigate({ search: (before) => kept({ ...before, ...next }), replace: true });
    },
    [navigate],
  );
  const filtered = filters(search) > 0;
  return (
    <Page title="Datasets" about="Which datasets are there, and can each be trusted?">
      <Filters search={search} facets={facets} change={change} />
      <Paper sx={{ overflow: 'hidden' }} aria-busy={old}>
        {!rows && (error ? <ErrorState error={error} retry={retry} what="The datasets could not be listed" /> : <Loading rows={12} />)}
        {rows?.length === 0 && (
          <EmptyState title={filtered ? 'No dataset fits' : 'There are no datasets yet'}>
            {filtered ? 'Fewer filters, or another word, will show some.' : <>A pipeline in <code>sentinel.yaml</code> makes one; <code>sentinel run</code> fills it.</>}
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <DataTable
            list={JSON.stringify([q, sort, reverse, health, layer, owner, domain, tag])}
            label="Datasets"
            columns={COLUMNS}
            rows={rows}
            id={id}
            height="calc(100vh - 250px)"
            minWidth={970}
            seen={seen}
            compact={COMPACT}
            order={{ key: sort, direction: reverse ? TURNED[WAY[sort]] : WAY[sort] }}
            sort={(key) => {
              change({ sort: key as Sort, reverse: key === sort && !reverse ? true : undefined });
            }}
            open={(row) => void navigate(placeOf(row.name))}
          />
        )}
      </Paper>
      <Box role="status" sx={{ mt: 1, color: 'text.secondary' }}>
        {rows && (filtered ? `${many(total, 'dataset')} fit` : many(total, 'dataset'))}
      </Box>
    </Page>
  );
}
