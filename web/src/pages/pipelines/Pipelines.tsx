/** Did each run do what it should, and where did every row go? */
import { Later } from '../../components/Later';

export function Pipelines() {
  return (
    <Later
      title="Pipelines"
      question="Did each run do what it should, and where did every row go?"
      will={[
        'runs with their times, and rows in against rows out',
        'the quarantine, with what is wrong marked in each record',
        'replay of quarantined rows, first as a trial',
      ]}
      meanwhile={['sentinel status', 'sentinel quarantine']}
    />
  );
}
