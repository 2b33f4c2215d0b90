/** Doing something about alerts: the list is right at once, and everything done can be undone. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { act, type Action, type Alert } from '../../api/alerts';
import { many } from '../../lib/format';

export interface Done {
  alerts: readonly Alert[];
  text: string;
  /** How it is undone: by other actions on each, made from what it was before. */
  undo?: (before: Alert) => Action[];
}

interface Task {
  alerts: readonly Alert[];
  actions: (alert: Alert) => Action[];
  done?: Done;
}

const PAST: Record<Action['verb'], string> = {
  acknowledge: 'acknowledged',
  snooze: 'snoozed',
  assign: 'assigned',
  resolve: 'resolved',
  reopen: 'reopened',
  comment: 'commented',
};

/** The actions that take another back, in their order; none for a comment, which stands. */
export function inverse(verb: Action['verb'], before: Alert): Action[] {
  switch (verb) {
    case 'assign':
      return [{ verb: 'assign', assignee: before.assignee }];
    case 'acknowledge':
    case 'snooze':
    case 'resolve':
      return [{ verb: 'reopen' }, ...again(before), { verb: 'assign', assignee: before.assignee }];
    case 'reopen':
    case 'comment':
      return [];
  }
}

/** What an alert that was reopened has to go through to stand where it stood. */
function again(before: Alert): Action[] {
  if (before.status === 'acknowledged') return [{ verb: 'acknowledge' }];
  if (before.status === 'snoozed' && before.snoozed_until && Date.parse(before.snoozed_until) > Date.now()) {
    return [{ verb: 'snooze', until: before.snoozed_until }];
  }
  return [];
}

/** What was done last, and the ways to do and undo. */
export function useActions() {
  const queries = useQueryClient();
  const [last, setLast] = useState<Done>();
  const doing = useMutation({
    mutationFn: async ({ alerts, actions }: Task) => {
      const failed: unknown[] = [];
      for (const alert of alerts) {
        try {
          for (const action of actions(alert)) await act(alert.alert_id, action);
        } catch (error) {
          failed.push(error);
        }
      }
      if (failed.length > 0) throw failed[0] instanceof Error ? failed[0] : new Error(String(failed[0]));
    },
    onSuccess: (_, { done }) => {
      setLast(done);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return {
    last,
    error: doing.error,
    busy: doing.isPending,
    forget: () => {
      setLast(undefined);
      doing.reset();
    },
    run: (alerts: readonly Alert[], action: Action) => {
      const subject = alerts.length === 1 ? 'The alert was' : `${many(alerts.length, 'alert')} were`;
      const back = alerts.every((alert) => inverse(action.verb, alert).length > 0);
      const done: Done = {
        alerts,
        text: `${subject} ${PAST[action.verb]}`,
        ...(back ? { undo: (before: Alert) => inverse(action.verb, before) } : {}),
      };
      doing.mutate({ alerts, actions: () => [action], done });
    },
    undo: () => {
      if (!last?.undo) return;
      doing.mutate({ alerts: last.alerts, actions: last.undo, done: { alerts: last.alerts, text: 'Undone' } });
    },
  };
}
