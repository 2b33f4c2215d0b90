import { describe, expect, it } from 'vitest';
import type { Refused } from '../../api/quarantine';
import { ofRun, ofTables } from './balance';
import { dump } from './Bytes';
import { alike, fault, meant, places, said, wanted } from './draft';
import { place, quarantineSearch, runsSearch, spell } from './search';
import { series, spans } from './spans';
import { lines, ticks } from './timeline';

const TABLES = { bronze: 100, silver: 90, quarantine: 6, duplicates: 4, dropped: 0, unaccounted: 0, lag: 0 };

describe('an equation', () => {
  it('balances, or says by how much it does not', () => {
    expect(ofTables(TABLES)).toMatchObject({ whole: { value: 100 }, rest: 0 });
    expect(ofTables({ ...TABLES, silver: 80 })).toMatchObject({ rest: 10 });
    expect(ofTables({ ...TABLES, silver: 95 })).toMatchObject({ rest: -5 });
    expect(ofTables({ ...TABLES, silver: 80, lag: 2 }).why).toBe('waiting in 2 batches');
    expect(ofTables({ ...TABLES, lag: 2 }).why).toBeUndefined();
  });

  it('leaves out what is none, but for silver and quarantine', () => {
    expect(ofTables({ ...TABLES, bronze: 0, silver: 0, quarantine: 0, duplicates: 0 }).parts.map(({ name }) => name)).toEqual(['silver', 'quarantine']);
  });

  it('of a run is by its own counts, and of none there is none', () => {
    expect(ofRun({ verb: 'run', counts: { rows: 10, silver: 9, quarantined: 1 } })?.rest).toBe(0);
    expect(ofRun({ verb: 'replay', counts: { tried: 5, recovered: 3, still_bad: 1, duplicates: 1 } })?.rest).toBe(0);
    expect(ofRun({ verb: 'run', counts: {} })).toBeUndefined();
    expect(ofRun({ verb: 'drop', counts: { rows: 3 } })).toBeUndefined();
  });
});

describe('a timeline', () => {
  it('has the steps in the order in which they work, as parts of the whole', () => {
    const found = lines([{ step: 'silver', first: 2, last: 10, busy: 4 }, { step: 'read', first: 0, last: 5, busy: 5 }, { step: 'other', first: 0, last: 0, busy: 0 }], 10);
    expect(found.map(({ step, from, to, busy }) => [step, from, to, busy])).toEqual([['read', 0, 0.5, 1], ['silver', 0.2, 1, 0.5], ['other', 0, 0, 1]]);
  });

  it('has round marks', () => {
    expect([ticks(12), ticks(0.37), ticks(100), ticks(0)]).toEqual([[0, 5, 10], [0, 0.1, 0.2, 0.3], [0, 50, 100], [0]]);
  });
});

describe('a patch', () => {
  it('means what it says: JSON where it is some, else text', () => {
    expect(['5', 'true', 'null', 'paid', '"5"', '{"a":1}', '01'].map(meant)).toEqual([5, true, null, 'paid', '5', { a: 1 }, '01']);
    expect(['5', 'null', 'paid', '[1]'].map(said)).toEqual(['the number 5', 'null: no value', 'the text "paid"', 'a list']);
  });

  it('needs a field and a value', () => {
    expect([fault({ path: '', value: '1' }), fault({ path: 'a', value: '' }), fault({ path: 'a', value: '0' })]).toEqual(['Name the field', 'Give a value; null for none', undefined]);
  });

  it('is asked for with what was selected, else a check, else all', () => {
    const record = (hash: string, path = '') => ({ hash, errors: [{ check: 'c', path, message: '', expected: null, found: null }] }) as unknown as Refused;
    const draft = { patch: [{ path: ' public ', value: 'true' }, { path: '', value: '' }] };
    expect(wanted([record('a'), record('a')], 'c', draft)).toMatchObject({ hashes: ['a'], checks: [], patch: [{ path: 'public', value: true }] });
    expect(wanted([], 'c', draft)).toMatchObject({ hashes: [], checks: ['c'] });
    expect(wanted([], undefined, { patch: [], contract: 'f' })).toMatchObject({ hashes: [], checks: [], contract: 'f' });
    const tried = { ...wanted([], 'c', draft), dry_run: true };
    expect(alike(tried, wanted([], 'c', draft))).toBe(true);
    expect(alike(tried, wanted([], 'd', draft))).toBe(false);
    expect(alike(undefined, tried)).toBe(false);
    expect(places([record('a', 'x, y'), record('b', 'y')], 'c')).toEqual(['y', 'x']);
  });
});

describe('the addresses', () => {
  it('keep what is understood', () => {
    expect(runsSearch({ pipeline: 'events/replay', status: 'lost' })).toEqual({ pipeline: 'events/replay' });
    expect(quarantineSearch({ check: 'id.required', view: 'x', replay: true, more: 1 })).toEqual({ check: 'id.required', replay: true });
    expect(quarantineSearch({ view: 'left', replay: 'true' })).toEqual({ view: 'left' });
  });

  it('name a record by its place, whatever its partition is called', () => {
    for (const partition of ['main', 'a.b/c 1', '', '<b>', '1.2.3']) {
      const at = { partition, batch: 12, row: 0 };
      expect(place(spell(at))).toEqual(at);
    }
    expect([place('x'), place(undefined), place('1.2')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('counts over time', () => {
  it('have a zero where nothing came', () => {
    const at = spans('2026-11-20T00:00:00Z', '2026-11-20T03:00:00Z', 'hour');
    expect(series([{ check: 'c', at: '2026-11-20T01:00:00Z', records: 3 }, { check: null, at: '2026-11-20T01:00:00Z', records: 5 }], 'c', at)).toEqual([0, 3, 0]);
  });
});

describe('bytes', () => {
  it('are shown in hexadecimal beside the letters they would be', () => {
    expect(dump(btoa('<b>\xff\x00'))).toEqual([`0000  ${'3c 62 3e ff 00'.padEnd(47)}  <b>..`]);
    expect(dump(btoa('x'.repeat(5000)))).toHaveLength(64);
  });
});
