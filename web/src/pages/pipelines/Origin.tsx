/** Where a record came from: its source, batch and place, and the run that brought it. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { Past, Refused } from '../../api/quarantine';
import { TextLink } from '../../components/TextLink';
import { Moment } from '../../components/Time';
import { count } from '../../lib/format';

interface Props {
  dataset: string;
  found: Refused | Past;
  runId: string | null;
  children?: ReactNode;
}

export function Origin({ dataset, found, runId, children }: Props) {
  return (
    <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: '96px minmax(0, 1fr)', rowGap: 0.5, columnGap: 1.5, m: 0, px: 2, '& dt': { color: 'text.secondary' }, '& dd': { m: 0, overflowWrap: 'anywhere' } }}>
      <dt>Came</dt>
      <dd>
        <Moment at={found.received_at} />
        {runId && (
          <>
            {', by '}
            <TextLink to="/pipelines/runs/$run" params={{ run: runId }}>
              run {runId}
            </TextLink>
          </>
        )}
      </dd>
      <dt>From</dt>
      <dd>
        {found.origin ?? 'an origin that is not told'}, partition {found.partition}, batch {count(found.batch)}, record {count(found.row)} of {dataset}
      </dd>
      {children}
    </Box>
  );
}
