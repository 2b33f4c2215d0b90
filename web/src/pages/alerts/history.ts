/** An alert's history in words. */
import type { Entry } from '../../api/alerts';
import { plain, words } from '../../lib/format';

const NONE = 'nobody';

/** What happened, without who and when. */
export function told({ kind, details }: Entry): string {
  const value = (key: string) => (details[key] == null ? undefined : plain(details[key]));
  switch (kind) {
    case 'assigned':
      return `assigned to ${value('to') ?? NONE}`;
    case 'joined':
      return value('count') ? `seen again, ${value('count') ?? ''} times by now` : 'seen again';
    case 'raised':
      return `became worse: from ${words(value('from') ?? '')} to ${words(value('to') ?? '')}`;
    case 'woken':
      return 'woken: the time to be silent is over';
    case 'resolved':
      return value('reason') === 'cleared' ? 'resolved by itself: the condition is gone' : `resolved: ${words(value('reason') ?? 'no reason given')}`;
    case 'escalated':
      return `told further up: ${value('to') ?? ''}`;
    case 'snoozed':
      return 'snoozed';
    default:
      return words(kind);
  }
}

/** What somebody said with it. */
export function note({ details }: Entry): string | undefined {
  return typeof details['note'] === 'string' ? details['note'] : undefined;
}
