/** Beside the list: the record that is open, or trying again, or how to begin. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Refused } from '../../api/quarantine';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { PastRecord } from './PastRecord';
import { Record } from './Record';
import { Replay } from './Replay';
import type { Draft } from './draft';
import { place, type Change, type QuarantineSearch } from './search';

interface Props {
  dataset: string;
  search: QuarantineSearch;
  change: (next: Change) => void;
  selected: readonly Refused[];
  listed: readonly Refused[];
  held: number;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  may: boolean;
}

export function Detail({ dataset, search, change, selected, listed, held, draft, setDraft, may }: Props) {
  if (search.replay === true) {
    return <Replay dataset={dataset} check={search.check} selected={selected} listed={listed} held={held} draft={draft} setDraft={setDraft} job={search.job} change={change} may={may} />;
  }
  if (search.record === undefined) {
    return (
      <EmptyState title={search.view === 'left' ? 'No record is open' : 'Choose a record'} level="p">
        {search.view === 'left' ? (
          'Open a replay, and one of its records, to see where it is now.'
        ) : (
          <p>
            Choose one, or press <kbd>j</kbd> and <kbd>Enter</kbd>; <kbd>x</kbd> selects, <kbd>r</kbd> tries again.
          </p>
        )}
      </EmptyState>
    );
  }
  const found = place(search.record);
  return (
    <>
      <Box sx={{ px: 2, pt: 1, display: { lg: 'none' } }}>
        <Button onClick={() => { change({ record: undefined }); }} sx={{ ml: -0.75 }}>
          ← All records
        </Button>
      </Box>
      {!found && <ErrorState error={new Error(`${search.record} is no place of a record: batch.record.partition is`)} what="There is no such record" />}
      {found && (search.view === 'left' ? <PastRecord key={search.record} dataset={dataset} place={found} /> : <Record key={search.record} dataset={dataset} place={found} />)}
    </>
  );
}
