/** How good is a file, and what would make it better? */
import { Later } from '../../components/Later';

export function Quality() {
  return (
    <Later
      title="Data quality"
      question="How good is a file, and what would make it better?"
      will={[
        'a place to drop a CSV, Parquet, Excel or NDJSON file',
        'its score, and each part that cost points, down to the rows',
        'the history of each source, and its thresholds',
      ]}
      meanwhile={['sentinel check orders.csv']}
    />
  );
}
