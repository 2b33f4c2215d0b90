/** What a source's uploads must reach: read by all, set by stewards, in force from the next upload on. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PARTS, setThresholds, type Source, type Thresholds } from '../../api/quality';
import { may, me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';
import { Card } from '../../components/Page';
import { draftOf, faults, given, type Draft } from './thresholds';

export function ThresholdsCard({ source }: { source: Source }) {
  const { data: who } = useQuery(me);
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>();
  const saving = useMutation({
    mutationFn: (wanted: Partial<Thresholds>) => setThresholds(source.source_id, wanted),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['checks'] });
      setDraft(undefined);
    },
  });
  const can = may(who, 'steward');
  const shown = draft ?? draftOf(source.thresholds);
  const wrong = faults(shown);
  const changed = draft !== undefined && JSON.stringify(draft) !== JSON.stringify(draftOf(source.thresholds));
  const field = (name: string, label: string, named = true) => (
    <TextField
      key={name}
      {...(named ? { label } : {})}
      value={shown[name] ?? ''}
      disabled={!can || saving.isPending}
      error={wrong[name] !== undefined}
      helperText={wrong[name]}
      onChange={(event) => { setDraft({ ...shown, [name]: event.target.value }); }}
      slotProps={{ htmlInput: { inputMode: 'decimal', 'aria-label': label }, inputLabel: { shrink: true } }}
    />
  );
  return (
    <Card title="Thresholds" note={can ? undefined : who && `set by stewards; you are ${who.role}`}>
      <Box
        component="form"
        noValidate
        aria-label="Thresholds"
        onSubmit={(event) => {
          event.preventDefault();
          if (Object.keys(wrong).length === 0) saving.mutate(given(shown));
        }}
        sx={{ px: 2, pb: 2, pt: 1 }}
      >
        <Box sx={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(130px, 1fr))', gap: 1.5 }}>
          {field('score', 'Score, at least')}
          {field('critical', 'Critical below')}
          {field('outlier_factor', 'Outlier, times IQR')}
        </Box>
        <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', mt: 1.5, '& th': { textAlign: 'left', fontWeight: 400, pr: 1 }, '& thead th': { color: 'text.secondary', fontSize: '0.8125rem' }, '& td': { py: 0.5, pr: 1, verticalAlign: 'top' } }}>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">At least</th>
              <th scope="col">Weight</th>
            </tr>
          </thead>
          <tbody>
            {PARTS.map((part) => (
              <tr key={part}>
                <Box component="th" scope="row" sx={{ '&::first-letter': { textTransform: 'uppercase' } }}>{part}</Box>
                <td>{field(part, `${part}, at least`, false)}</td>
                <td>{field(`weights.${part}`, `${part}, weight`, false)}</td>
              </tr>
            ))}
          </tbody>
        </Box>
        {can && (
          <Box sx={{ display: 'flex', gap: 1, mt: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
            <Button type="submit" variant="contained" disabled={!changed || saving.isPending}>Save thresholds</Button>
            <Button disabled={!changed} onClick={() => { setDraft(undefined); saving.reset(); }}>Discard</Button>
            <Button onClick={() => { saving.mutate({}); }} disabled={saving.isPending}>Set all to what is usual</Button>
            <Box role="status" sx={{ color: 'text.secondary' }}>{changed ? 'Not saved yet' : saving.isSuccess ? 'Saved; in force from the next upload on' : ''}</Box>
          </Box>
        )}
        {saving.error && <ErrorState error={saving.error} what="Not saved" />}
      </Box>
    </Card>
  );
}
