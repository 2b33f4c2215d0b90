/** Logging out: the session ends, what was read of it is forgotten, and one comes to the login. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { logOut } from '../api/session';

export function useLogOut(): () => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return () => {
    void logOut().finally(() => {
      queries.clear();
      void navigate({ to: '/login' });
    });
  };
}
