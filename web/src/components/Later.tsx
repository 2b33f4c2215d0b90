/** A page that is not there yet: what it will answer, and what answers it today. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { EmptyState } from './EmptyState';
import { Page } from './Page';

interface Props {
  title: string;
  question: string;
  will: readonly string[];
  meanwhile: readonly string[];
}

export function Later({ title, question, will, meanwhile }: Props) {
  return (
    <Page title={title} about={question}>
      <Paper>
        <EmptyState title="This page comes in a later version">
          <p>It will show</p>
          <Box component="ul" sx={{ textAlign: 'left', display: 'inline-block', m: 0, pl: 2.5, lineHeight: 1.8 }}>
            {will.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </Box>
          {meanwhile.length > 0 && (
            <p>
              Until then the command line has it:{' '}
              {meanwhile.map((command, place) => (
                <span key={command}>
                  {place > 0 && ', '}
                  <code>{command}</code>
                </span>
              ))}
            </p>
          )}
        </EmptyState>
      </Paper>
    </Page>
  );
}
