/** A contract as the YAML of the standard, to copy and to download. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { contract } from '../../api/contracts';
import { Copy, ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Card } from '../../components/Page';

export function Document({ name }: { name: string }) {
  const { data, error, refetch } = useQuery(contract(name));
  if (!data) return error ? <ErrorState error={error} retry={() => void refetch()} /> : <Loading rows={10} />;
  return (
    <Card
      title={`${data.id ?? name}, ${data.version ?? ''}`}
      note={
        <>
          <Copy text={data.yaml} label="Copy YAML" />
          <Button component="a" href={`/api/v1/contracts/${encodeURIComponent(name)}?format=yaml`} download>
            Download YAML
          </Button>
        </>
      }
    >
      {/* What scrolls has to be reached by the keyboard. */}
      <Box component="pre" role="region" aria-label="YAML" tabIndex={0} sx={{ m: 0, px: 2, py: 1.5, maxHeight: 640, overflow: 'auto', borderTop: 1, borderColor: 'divider', fontSize: '0.8125rem', fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace' }}>
        {data.yaml}
      </Box>
    </Card>
  );
}
