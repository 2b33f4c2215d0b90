/** The tabs of the settings, and whom each is for. */
import { may, type Me } from '../../api/session';

export const TABS = [
  { path: '/settings/channels', name: 'Channels', role: 'steward' },
  { path: '/settings/users', name: 'Users', role: 'admin' },
  { path: '/settings/keys', name: 'Keys', role: 'viewer' },
  { path: '/settings/thresholds', name: 'Thresholds', role: 'viewer' },
  { path: '/settings/audit', name: 'Audit', role: 'admin' },
  { path: '/settings/account', name: 'Account', role: 'viewer' },
  { path: '/settings/about', name: 'About', role: 'viewer' },
] as const;

export type Tab = (typeof TABS)[number];

/** The tabs that somebody may see. */
export function tabsOf(who: Me | undefined): readonly Tab[] {
  return TABS.filter(({ role }) => may(who, role));
}
