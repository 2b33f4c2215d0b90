/** What has changed, where, and since when? */
import { Later } from '../../components/Later';

export function Drift() {
  return (
    <Later
      title="Drift"
      question="What has changed, where, and since when?"
      will={[
        'a map of datasets, columns and time',
        'the two distributions of a column, one over the other',
        'which values moved, and by how much',
      ]}
      meanwhile={['sentinel drift']}
    />
  );
}
