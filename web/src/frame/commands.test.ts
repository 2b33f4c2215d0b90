import { describe, expect, it } from 'vitest';
import { fitting, PLACES, reached, step } from './commands';

describe('commands', () => {
  it('are found by every word of a text, whatever its case', () => {
    expect(fitting(PLACES, 'DATA').map(({ label }) => label)).toEqual(['Datasets', 'Data quality']);
    expect(fitting(PLACES, 'quality data').map(({ label }) => label)).toEqual(['Data quality']);
    expect(fitting(PLACES, '')).toHaveLength(PLACES.length);
    expect(fitting(PLACES, 'zebra')).toEqual([]);
  });

  it('lead to what the server found', () => {
    const found = reached({
      datasets: [{ name: 'a/b', layer: 'silver', health: 'critical' }],
      alerts: [{ alert_id: '1', title: '<b>late</b>', dataset: null, severity: 'CRITICAL', status: 'resolved', opened_at: '' }],
      runs: [{ run_id: 'r1', pipeline: 'events', status: 'another', started_at: '' }],
    });
    expect(found.map(({ group, tone }) => [group, tone])).toEqual([['Datasets', 'critical'], ['Alerts', 'ok'], ['Runs', 'unknown']]);
    expect(found[0]?.does).toEqual({ to: '/datasets/$name', params: { name: 'a/b' } });
  });

  it('are walked round and round', () => {
    expect([step('ArrowDown', 2, 3), step('ArrowUp', 0, 3), step('x', 0, 3), step('ArrowDown', 0, 0)]).toEqual([0, 2, undefined, undefined]);
  });
});
