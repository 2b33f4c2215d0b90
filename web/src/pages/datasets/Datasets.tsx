/** Which datasets are there, and can each be trusted? */
import { Later } from '../../components/Later';

export function Datasets() {
  return (
    <Later
      title="Datasets"
      question="Which datasets are there, and can each be trusted?"
      will={[
        'every dataset with its health, score, freshness and open alerts',
        'its contract beside what was observed, and its quality over time',
        'its columns with their distributions, its versions, and what it is made from',
      ]}
      meanwhile={['sentinel status']}
    />
  );
}
