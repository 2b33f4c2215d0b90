/** What data has to reach: sources of uploads as set here, datasets as their contracts promise. */
import Box from '@mui/material/Box';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PARTS, sources, type Source } from '../../api/quality';
import { may, me } from '../../api/session';
import { DataTable, type Column } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { many, share } from '../../lib/format';
import { Promises } from './Promises';
import { ThresholdForm } from './ThresholdForm';

const COLUMNS: readonly Column<Source>[] = [
  { key: 'name', title: 'Source', cell: (row) => row.name, width: 'minmax(140px, 2fr)' },
  { key: 'score', title: 'Score', cell: (row) => share(row.thresholds.score), width: '70px', numeric: true },
  { key: 'critical', title: 'Critical below', cell: (row) => share(row.thresholds.critical), width: '100px', numeric: true },
  ...PARTS.map((part): Column<Source> => ({ key: part, title: capital(part), cell: (row) => share(row.thresholds[part]), width: '100px', numeric: true })),
];

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function Thresholds() {
  const asked = useInfiniteQuery(sources({ sort: 'name' }));
  const { data: who } = useQuery(me);
  const queries = useQueryClient();
  const [editing, edit] = useState<Source>();
  const can = may(who, 'steward');
  const rows = asked.data?.pages.flatMap((page) => page.items);
  const total = asked.data?.pages[0]?.total ?? rows?.length;
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card title="Sources of uploads" note={can ? 'the least that a file has to reach; choose one to change it' : 'the least that a file has to reach; a steward can change it'}>
        {!rows && (asked.error ? <ErrorState error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={4} />)}
        {rows?.length === 0 && (
          <EmptyState title="Nothing was uploaded yet" level="h3">
            A source is made by its first file, on the page Data quality.
          </EmptyState>
        )}
        {rows && rows.length > 0 && (
          <>
            <DataTable
              label="Thresholds of sources"
              columns={COLUMNS}
              rows={rows}
              id={(row) => row.source_id}
              {...(can ? { open: edit } : {})}
              height={320}
              minWidth={940}
              total={total}
              more={() => { if (!asked.isFetchingNextPage) void asked.fetchNextPage(); }}
            />
            <Box sx={{ px: 2, py: 1, color: 'text.secondary', borderTop: 1, borderColor: 'divider' }}>{many(total ?? rows.length, 'source')}</Box>
          </>
        )}
      </Card>
      <Promises />
      {editing && (
        <ThresholdForm
          source={editing}
          close={() => { edit(undefined); }}
          done={() => {
            edit(undefined);
            void queries.invalidateQueries({ queryKey: ['checks'] });
          }}
        />
      )}
    </Box>
  );
}
