/** The same by command line and API: lines to copy. An address of the API is made a whole command. */
import Box from '@mui/material/Box';
import { Copy } from './ErrorState';

interface Props {
  lines: Record<string, string>;
}

export function Commands({ lines }: Props) {
  return (
    <Box component="details" sx={{ mt: 2, color: 'text.secondary', '& summary': { cursor: 'pointer', width: 'fit-content' } }}>
      <summary>The same by command line and API</summary>
      <Box component="dl" sx={{ m: 0, mt: 1, display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr) auto', columnGap: 2, rowGap: 0.5, alignItems: 'center', '& dd': { m: 0 } }}>
        {Object.entries(lines).map(([name, line]) => {
          const text = line.startsWith('/api/') ? curl(line) : line;
          return (
            <Box key={name} sx={{ display: 'contents' }}>
              <dt>{name}</dt>
              <Box component="dd" sx={{ overflow: 'hidden' }}>
                <Box component="code" sx={{ display: 'block', overflowWrap: 'anywhere', color: 'text.primary', fontSize: '0.8125rem' }}>
                  {text}
                </Box>
              </Box>
              <dd>
                <Copy text={text} label="Copy" />
              </dd>
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}

function curl(path: string): string {
  return `curl -H "Authorization: Bearer $SENTINEL_KEY" '${globalThis.location.origin}${path}'`;
}
