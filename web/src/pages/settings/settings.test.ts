import { describe, expect, it } from 'vitest';
import { deed, subject } from './deeds';
import { came } from './outcome';
import { percent, shareOf } from './percent';
import { phrase } from './phrase';
import { audit, keys, routing } from './search';
import { holds } from './standing';
import { tabsOf } from './tabs';

describe('tabs', () => {
  it('are those that the role may see', () => {
    const names = (role: string) => tabsOf({ name: 'a', role, kind: 'session' }).map(({ name }) => name);
    expect(names('viewer')).toEqual(['Keys', 'Thresholds', 'Account', 'About']);
    expect(names('steward')).toEqual(['Channels', 'Keys', 'Thresholds', 'Account', 'About']);
    expect(names('admin')).toHaveLength(7);
    expect(tabsOf(undefined)).toEqual([]);
  });
});

describe('addresses', () => {
  it('keep what is understood, and leave out what is usual', () => {
    expect(routing({ severity: 'WARNING', kind: 'run', dataset: '', state: 'due' })).toEqual({});
    expect(routing({ severity: 'CRITICAL', kind: 'drift', dataset: 7, state: 'failed' })).toEqual({ severity: 'CRITICAL', kind: 'drift', dataset: '7', state: 'failed' });
    expect(keys({ whose: 'all', ended: 'true' })).toEqual({ whose: 'all', ended: true });
    expect(keys({ whose: 'nobody', ended: false })).toEqual({});
    expect(audit({ q: 'a', outcome: 'refused', days: 7 })).toEqual({ q: 'a', outcome: 'refused', days: '7' });
    expect(audit({ outcome: 'x', days: '8' })).toEqual({});
  });
});

describe('shares', () => {
  it('are typed as per cent', () => {
    expect(percent(0.925)).toBe('92.5');
    expect(percent(0.07)).toBe('7');
    expect([shareOf('92,5'), shareOf(' 80 % '), shareOf('0')]).toEqual([0.925, 0.8, 0]);
    expect([shareOf(''), shareOf('101'), shareOf('-1'), shareOf('x')]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('the audit log', () => {
  it('is said in words', () => {
    expect(deed('POST /users')).toBe('added a user');
    expect(deed('sentinel user add')).toBe('sentinel user add');
    expect(subject('/api/v1/users/7')).toBe('users/7');
    expect(came(201)).toEqual([undefined, 'done']);
    expect(came(403)).toEqual(['info', 'refused (403)']);
    expect(came(503)[0]).toBe('critical');
    expect(came(0)).toEqual(['warn', 'not known']);
  });
});

describe('a key', () => {
  it('holds until it is revoked or over', () => {
    const at = Date.parse('2026-11-21T10:00:00Z');
    expect(holds({ revoked_at: null, expires_at: null }, at)).toBe(true);
    expect(holds({ revoked_at: null, expires_at: '2026-11-21T10:00:01Z' }, at)).toBe(true);
    expect(holds({ revoked_at: null, expires_at: '2026-11-21T10:00:00Z' }, at)).toBe(false);
    expect(holds({ revoked_at: '2026-11-20T10:00:00Z', expires_at: null }, at)).toBe(false);
  });
});

describe('a password that is made', () => {
  it('is long, and another each time', () => {
    const made = new Set(Array.from({ length: 50 }, phrase));
    expect(made.size).toBe(50);
    for (const each of made) expect(each).toMatch(/^(?:[a-hj-km-np-z2-9]{4}-){4}[a-hj-km-np-z2-9]{4}$/);
  });
});
