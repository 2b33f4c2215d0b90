/** What the addresses of the settings say. */
import { OUTCOMES, type Outcome } from '../../api/access';
import type { Severity } from '../../api/alerts';

const SEVERITIES: readonly Severity[] = ['CRITICAL', 'WARNING', 'INFO'];
export const SPANS = { '1': 'A day', '7': '7 days', '30': '30 days' } as const;
export type Span = keyof typeof SPANS;

function text(given: unknown): string | undefined {
  const found = typeof given === 'number' ? String(given) : given;
  return typeof found === 'string' && found !== '' ? found.slice(0, 300) : undefined;
}

/** An alert that is imagined, to see where it would go; and which messages are listed. */
export interface Routing {
  severity?: Severity;
  kind?: string;
  dataset?: string;
  state?: 'failed' | 'sent';
}

export function routing(given: Record<string, unknown>): Routing {
  const found: Routing = {};
  const severity = SEVERITIES.find((each) => each === given['severity']);
  const [kind, dataset] = [text(given['kind']), text(given['dataset'])];
  if (severity && severity !== 'WARNING') found.severity = severity;
  if (kind && kind !== 'run') found.kind = kind;
  if (dataset) found.dataset = dataset;
  if (given['state'] === 'failed' || given['state'] === 'sent') found.state = given['state'];
  return found;
}

export interface Keys {
  whose?: 'all';
  ended?: true;
}

export function keys(given: Record<string, unknown>): Keys {
  const found: Keys = {};
  if (given['whose'] === 'all') found.whose = 'all';
  if (given['ended'] === true || given['ended'] === 'true') found.ended = true;
  return found;
}

export interface Audit {
  q?: string;
  outcome?: Outcome;
  days?: Span;
}

export function audit(given: Record<string, unknown>): Audit {
  const found: Audit = {};
  const q = text(given['q']);
  const outcome = OUTCOMES.find((each) => each === given['outcome']);
  const days = Object.keys(SPANS).find((each): each is Span => each === text(given['days']));
  if (q) found.q = q;
  if (outcome) found.outcome = outcome;
  if (days) found.days = days;
  return found;
}

/** A change of some of an address; undefined takes a part away. */
export type Change<Of> = { [Key in keyof Of]?: Of[Key] | undefined };
