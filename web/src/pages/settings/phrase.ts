/** A password of the browser's own randomness, easy to read out: no letters that look like others. */

const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 5;
const EACH = 4;

export function phrase(): string {
  const signs = Array.from({ length: GROUPS * EACH }, sign);
  return Array.from({ length: GROUPS }, (_, at) => signs.slice(at * EACH, (at + 1) * EACH).join('')).join('-');
}

/** One sign, each as likely as the others. */
function sign(): string {
  const most = 256 - (256 % SIGNS.length);
  for (;;) {
    const [drawn = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (drawn < most) return SIGNS.charAt(drawn % SIGNS.length);
  }
}
