/** The datasets, those in trouble first, each with the reason in words. */
import Box from '@mui/material/Box';
import { TONE, type Dataset } from '../../api/datasets';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';
import { Mark } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { many, share } from '../../lib/format';

const MOST = 8;

interface Props {
  datasets: readonly Dataset[] | undefined;
  error: unknown;
  retry: () => void;
}

export function Standing({ datasets, error, retry }: Props) {
  return (
    <Card title="Datasets" note={<TextLink to="/datasets">All datasets</TextLink>}>
      {!datasets && (error ? <ErrorState error={error} retry={retry} /> : <Loading rows={5} />)}
      {datasets?.length === 0 && (
        <EmptyState title="There are no datasets yet" level="h3">
          A pipeline in sentinel.yaml makes one; <code>sentinel run</code> fills it.
        </EmptyState>
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5 }}>
        {datasets?.slice(0, MOST).map((each) => (
          <Box component="li" key={each.name} sx={{ display: 'flex', gap: 1.25, px: 2, py: 0.875, borderTop: 1, borderColor: 'divider' }}>
            <Box sx={{ pt: 0.25 }}>
              <Mark tone={TONE[each.health]} />
            </Box>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Box sx={{ overflowWrap: 'anywhere' }}>{each.name}</Box>
              <Box sx={{ color: 'text.secondary', fontSize: '0.8125rem' }}>{each.reasons[0]?.message ?? (each.layer === 'gold' ? 'healthy' : `healthy, ${many(each.rows, 'row')} in 24 h`)}</Box>
            </Box>
            <Box sx={{ textAlign: 'right', color: 'text.secondary', whiteSpace: 'nowrap' }} title="Records accepted in 24 hours">
              {each.layer === 'gold' ? '' : each.score === null ? 'no records' : `${share(each.score)} accepted`}
            </Box>
          </Box>
        ))}
      </Box>
      {datasets && datasets.length > MOST && (
        <Box sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', color: 'text.secondary' }}>and {many(datasets.length - MOST, 'other')}</Box>
      )}
    </Card>
  );
}
