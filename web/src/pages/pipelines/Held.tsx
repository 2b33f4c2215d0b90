/** The datasets, and how many of their records are in quarantine. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { interval } from '../../api/live';
import { held, type Held as Row } from '../../api/quarantine';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { TextLink } from '../../components/TextLink';
import { count, many } from '../../lib/format';
import { Sections } from './Sections';

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'dataset',
    title: 'Dataset',
    width: 'minmax(120px, 1fr)',
    cell: (row) => (
      <TextLink to="/pipelines/quarantine/$dataset" params={{ dataset: row.dataset }} tabIndex={-1}>
        {row.dataset}
      </TextLink>
    ),
  },
  { key: 'records', title: 'In quarantine', width: '120px', numeric: true, cell: (row) => count(row.records) },
  { key: 'day', title: 'Refused in 24 h', width: '130px', numeric: true, cell: (row) => count(row.last_day) },
];

export function Held() {
  const navigate = useNavigate();
  const asked = useInfiniteQuery({ ...held, refetchInterval: interval });
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const total = rows?.reduce((sum, { records }) => sum + records, 0) ?? 0;
  return (
    <Page title="Quarantine" about="What was refused, why, and what can be done about it.">
      <Sections />
      <Paper sx={{ overflow: 'hidden' }}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} what="The quarantine could not be shown" /> : <Loading rows={5} />)}
        {rows?.length === 0 && <EmptyState title="No dataset comes through a pipeline yet">What a contract refuses will be here, with the reasons.</EmptyState>}
        {rows && rows.length > 0 && (
          <DataTable
            label="Quarantine by dataset"
            columns={COLUMNS}
            rows={rows.toSorted((one, other) => other.records - one.records || one.dataset.localeCompare(other.dataset))}
            id={(row) => row.dataset}
            open={(row) => void navigate({ to: '/pipelines/quarantine/$dataset', params: { dataset: row.dataset } })}
            height={600}
          />
        )}
      </Paper>
      <Box sx={{ mt: 1, color: 'text.secondary', display: 'flex', gap: 1, alignItems: 'center' }}>
        {rows && `${many(total, 'record')} of ${many(rows.length, 'dataset')}`}
        {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>Load more</Button>}
      </Box>
    </Page>
  );
}
