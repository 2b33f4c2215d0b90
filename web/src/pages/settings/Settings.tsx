/** Who is told of what, and who may do what? */
import { Later } from '../../components/Later';

export function Settings() {
  return (
    <Later
      title="Settings"
      question="Who is told of what, and who may do what?"
      will={[
        'channels, each with a message to try it',
        'users, roles and keys',
        'thresholds of sources and drift',
      ]}
      meanwhile={['sentinel alerts test']}
    />
  );
}
