/** A key that was just made: its secret is here this once, and nowhere else. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { KeyWithSecret } from '../../api/access';
import { Copy } from '../../components/ErrorState';
import { Mark } from '../../components/Status';

export function Secret({ made, close }: { made: KeyWithSecret; close: () => void }) {
  return (
    <Box role="status" sx={{ mx: 2, my: 1, p: 1.5, border: 1, borderColor: 'primary.main', borderRadius: 1 }}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', fontWeight: 600 }}>
        <Mark tone="info" />
        The key {made.name} was made. It is shown this once.
      </Box>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap', mt: 0.5 }}>
        <Box component="code" data-secret sx={{ overflowWrap: 'anywhere', flex: '1 1 260px' }}>
          {made.secret}
        </Box>
        <Copy key={made.key_id} text={made.secret} label="Copy the key" />
        <Button onClick={close}>I have it</Button>
      </Box>
    </Box>
  );
}
