/** Are the inputs of each model as they were when it was trained? */
import { Later } from '../../components/Later';

export function Models() {
  return (
    <Later
      title="Models"
      question="Are the inputs of each model as they were when it was trained?"
      will={[
        'the health of what each model reads',
        'drift, weighted by how much a model goes by each column',
        'estimated performance beside what came true',
      ]}
      meanwhile={[]}
    />
  );
}
