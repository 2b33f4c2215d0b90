/** JSON whose numbers stand as they were sent: 12345678901234567890 and 1.0 are shown so, and not as this machine counts. */

/** A number that would be written otherwise if it were taken as one. */
export class Exact {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a text of JSON holds. Raises SyntaxError. */
export function parse(text: string): unknown {
  // Browsers that do not tell a number's source give the number as they read it.
  const revive = (_: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? new Exact(context.source) : value;
  return JSON.parse(text, revive);
}
