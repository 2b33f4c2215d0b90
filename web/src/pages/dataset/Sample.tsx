/** Some of the rows that were accepted, as they are; what the contract classifies is masked by the server. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { sample } from '../../api/dataset';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { many } from '../../lib/format';
import { Cells } from './Cells';

const route = getRouteApi('/frame/datasets/$name');
const SIZES = [20, 50, 100];

export function Sample(): ReactElement {
  const { name } = route.useParams();
  const [limit, setLimit] = useState(20);
  const { data, error, refetch, isFetching } = useQuery({ ...sample(name, limit), placeholderData: (before) => before });
  if (!data) return error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={10} />;
  if (data.rows.length === 0) {
    return (
      <Paper>
        <EmptyState title="There are no rows to show">{data.reason ?? 'Its table is empty.'}</EmptyState>
      </Paper>
    );
  }
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <TextField select label="Rows" value={limit} onChange={(event) => { setLimit(Number(event.target.value)); }} slotProps={{ select: { native: true } }}>
          {SIZES.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </TextField>
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {many(data.rows.length, 'row')}, {many(data.columns.length, 'column')}. {data.masked > 0 ? `${many(data.masked, 'value')} masked: the contract classifies them.` : 'No value is classified.'} Arrow keys walk through the cells.
        </Box>
      </Box>
      <Cells label={`Rows of ${name}`} columns={data.columns} rows={data.rows} busy={isFetching} />
    </Box>
  );
}
