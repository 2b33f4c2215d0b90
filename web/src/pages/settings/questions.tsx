/** What is asked before something is done about a user. */
import { changeUser, endSessions, type User } from '../../api/access';
import { Ask } from '../../components/Ask';
import { many } from '../../lib/format';
import { AddUser, Password, ChangeRole } from './UserForms';

export type Question =
  | { kind: 'add' }
  | { kind: 'role' | 'password' | 'out' | 'disable' | 'enable'; user: User };

export interface Answering {
  close: () => void;
  done: (said: string) => void;
}

export function Questions({ question, close, done }: Answering & { question: Question }) {
  switch (question.kind) {
    case 'add':
      return <AddUser close={close} done={done} />;
    case 'role':
      return <ChangeRole user={question.user} close={close} done={done} />;
    case 'password':
      return <Password user={question.user} close={close} done={done} />;
    case 'out':
      return (
        <Ask title={`Log ${question.user.name} out`} verb={`End ${many(question.user.sessions, 'session')}`} run={() => endSessions(question.user.user_id)} done={() => { done(`${question.user.name} is logged out`); }} close={close}>
          They are logged out at once, wherever they are, and may log in again.
        </Ask>
      );
    case 'disable':
      return (
        <Ask title={`Let ${question.user.name} in no more`} verb={`Disable ${question.user.name}`} grave run={() => changeUser(question.user.user_id, { active: false })} done={() => { done(`${question.user.name} is let in no more`); }} close={close}>
          Their sessions and keys end at once. What they did stays in the audit log, and they can be let in again.
        </Ask>
      );
    case 'enable':
      return (
        <Ask title={`Let ${question.user.name} in again`} verb="Let in" run={() => changeUser(question.user.user_id, { active: true })} done={() => { done(`${question.user.name} is let in again`); }} close={close}>
          As {question.user.role}. Their keys that are not over hold again.
        </Ask>
      );
  }
}
