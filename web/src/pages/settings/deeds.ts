/** What was done, in words: the routes that write, as the audit log names them. */

const DEEDS: Record<string, string> = {
  'POST /session': 'logged in',
  'POST /session/token': 'logged in by token',
  'GET /session/provider/back': 'logged in by the provider',
  'DELETE /session': 'logged out',
  'PUT /session/password': 'changed the password',
  'DELETE /session/others': 'ended other sessions',
  'POST /session/keys': 'made a key of their own',
  'DELETE /session/keys/{key_id}': 'revoked a key of their own',
  'POST /users': 'added a user',
  'PATCH /users/{user_id}': 'changed a user',
  'DELETE /users/{user_id}/sessions': 'logged a user out',
  'POST /keys': 'made a key',
  'DELETE /keys/{key_id}': 'revoked a key',
  'POST /alerts/': 'opened an alert',
  'POST /alerts/{alert_id}/acknowledge': 'acknowledged an alert',
  'POST /alerts/{alert_id}/resolve': 'resolved an alert',
  'POST /alerts/{alert_id}/snooze': 'snoozed an alert',
  'POST /alerts/{alert_id}/assign': 'assigned an alert',
  'POST /alerts/{alert_id}/reopen': 'reopened an alert',
  'POST /alerts/{alert_id}/comment': 'commented on an alert',
  'POST /channels/{name}/test': 'tried a channel',
  'POST /channels/deliveries/{delivery_id}/retry': 'had a message sent again',
  'POST /data-quality/upload': 'uploaded a file',
  'PUT /data-quality/upload': 'uploaded a file',
  'POST /data-quality/sources/{source_id}/check': 'had a source checked',
  'PUT /data-quality/sources/{source_id}/thresholds': 'set thresholds',
  'PATCH /data-quality/sources/{source_id}': 'described a source',
  'POST /validate/{dataset}': 'had records validated',
};

/** The deed in words; one that has none is named as the log names it. */
export function deed(action: string): string {
  return DEEDS[action] ?? action;
}

/** What it was done to: the path without what all paths begin with. */
export function subject(target: string | null): string {
  return target?.replace(/^\/api\/v1\//, '') ?? '–';
}
