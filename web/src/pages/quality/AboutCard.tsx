/** What a source is, and whose: read by all, said by stewards. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { describe, type Source } from '../../api/quality';
import { may, me } from '../../api/session';
import { ErrorState } from '../../components/ErrorState';
import { Card } from '../../components/Page';

interface Said {
  owner: string;
  description: string;
}

export function AboutCard({ source }: { source: Source }) {
  const { data: who } = useQuery(me);
  const queries = useQueryClient();
  const known: Said = { owner: source.owner ?? '', description: source.description ?? '' };
  const [draft, setDraft] = useState<Said>();
  const shown = draft ?? known;
  const saving = useMutation({
    mutationFn: ({ owner, description }: Said) => describe(source.source_id, { owner: owner.trim() || null, description: description.trim() || null }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['checks'] });
      setDraft(undefined);
    },
  });
  const can = may(who, 'steward');
  const changed = shown.owner !== known.owner || shown.description !== known.description;
  const field = (name: keyof Said, label: string, most: number) => (
    <TextField
      label={label}
      value={shown[name]}
      disabled={!can || saving.isPending}
      multiline={name === 'description'}
      onChange={(event) => { setDraft({ ...shown, [name]: event.target.value }); }}
      slotProps={{ htmlInput: { maxLength: most }, inputLabel: { shrink: true } }}
    />
  );
  return (
    <Card title="About" note={can ? undefined : who && `said by stewards; you are ${who.role}`}>
      <Box
        component="form"
        aria-label="About"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate(shown);
        }}
        sx={{ px: 2, pb: 2, pt: 1, display: 'grid', gap: 1.5 }}
      >
        {field('owner', 'Owner', 200)}
        {field('description', 'Description', 5000)}
        {can && (
          <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
            <Button type="submit" variant="contained" disabled={!changed || saving.isPending}>Save</Button>
            <Button disabled={!changed} onClick={() => { setDraft(undefined); saving.reset(); }}>Discard</Button>
            <Box role="status" sx={{ color: 'text.secondary' }}>{changed ? 'Not saved yet' : saving.isSuccess ? 'Saved' : ''}</Box>
          </Box>
        )}
        {saving.error && <ErrorState error={saving.error} what="Not saved" />}
      </Box>
    </Card>
  );
}
