/** Beside the charts of a dataset: its open alerts, the checks that failed, and its tables. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { Detail } from '../../api/dataset';
import { BoxLink } from '../../components/BoxLink';
import { EmptyState } from '../../components/EmptyState';
import { Card } from '../../components/Page';
import { Mark, severity } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { Ago } from '../../components/Time';
import { bytes, count, many, share } from '../../lib/format';

const MOST = 8;
const CELLS = { width: '100%', borderCollapse: 'collapse', '& th, & td': { px: 2, py: 0.75, borderTop: 1, borderColor: 'divider', textAlign: 'right', fontWeight: 400, whiteSpace: 'nowrap' }, '& thead th': { color: 'text.secondary', fontSize: '0.8125rem', border: 0 }, '& th:first-of-type': { textAlign: 'left', whiteSpace: 'normal', overflowWrap: 'anywhere' } } as const;

export function Alerts({ dataset: { standing } }: { dataset: Detail }) {
  return (
    <Box id="alerts">
      <Card title="Open alerts" note={standing.length > 0 && count(standing.length)}>
        {standing.length === 0 && (
          <EmptyState title="No alert is open" level="h3">
            What is found of this dataset and needs somebody will be here.
          </EmptyState>
        )}
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {standing.slice(0, MOST).map((each) => (
            <Box component="li" key={each.alert_id} sx={{ borderTop: 1, borderColor: 'divider' }}>
              <BoxLink to="/alerts" search={{ alert: each.alert_id }} sx={{ display: 'flex', gap: 1.25, px: 2, py: 1 }}>
                <Box sx={{ pt: 0.25 }}>
                  <Mark tone={severity(each.severity)[0]} />
                </Box>
                <Box sx={{ minWidth: 0 }}>
                  <Box sx={{ overflowWrap: 'anywhere' }}>{each.title}</Box>
                  <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>
                    {severity(each.severity)[1]} · {each.status} · <Ago at={each.opened_at} /> · {each.assignee ?? 'unassigned'}
                  </Box>
                </Box>
              </BoxLink>
            </Box>
          ))}
        </Box>
        {standing.length > MOST && <More>and {many(standing.length - MOST, 'other')}</More>}
      </Card>
    </Box>
  );
}

export function Failures({ dataset: { name, checks, contract } }: { dataset: Detail }) {
  const known = checks.filter(({ check }) => check !== '*');
  const failed = known.filter((each) => each.failed > 0);
  return (
    <Card
      title="Checks that failed, 7 days"
      note={
        <TextLink to="/datasets/$name/contract" params={{ name }} search={{ failing: true }}>
          Contract
        </TextLink>
      }
    >
      {failed.length === 0 && (
        <EmptyState title={known.length > 0 ? 'None failed' : contract.checks > 0 || contract.columns.length > 0 ? 'None was asked yet' : 'Nothing is promised'} level="h3">
          {known.length > 0 ? `${many(known.length, 'check')} passed in all batches.` : 'A batch of its pipeline is held against each check of the contract.'}
        </EmptyState>
      )}
      {failed.length > 0 && (
        <Box component="table" sx={CELLS}>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">Failed</th>
              <th scope="col">Share</th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {failed.slice(0, MOST).map((each) => (
              <tr key={`${each.check} ${each.evaluated} ${each.failed}`}>
                <th scope="row">{each.check}</th>
                <td title={`${count(each.failed)} of ${count(each.evaluated)}`}>{count(each.failed)}</td>
                <td>{each.evaluated > 0 ? share(each.failed / each.evaluated) : '–'}</td>
                <td>
                  <Ago at={each.last_failed_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </Box>
      )}
      {failed.length > MOST && <More>and {many(failed.length - MOST, 'other')}</More>}
    </Card>
  );
}

export function Tables({ dataset: { layers } }: { dataset: Detail }) {
  return (
    <Card title="Tables">
      <Box component="table" sx={CELLS}>
        <thead>
          <tr>
            <th scope="col">Table</th>
            <th scope="col">Rows</th>
            <th scope="col">Size</th>
            <th scope="col">Written</th>
          </tr>
        </thead>
        <tbody>
          {layers.map((each) => (
            <tr key={each.table}>
              <th scope="row">{each.table}</th>
              <td>{each.rows === null ? 'not made yet' : count(each.rows)}</td>
              <td>{bytes(each.bytes)}</td>
              <td>
                <Ago at={each.committed_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Box>
    </Card>
  );
}

function More({ children }: { children: ReactNode }) {
  return <Box sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', color: 'text.secondary' }}>{children}</Box>;
}
