/** From records to what a person did. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filterActivity, summariseActivity } from '../../../../src/core/audit/activity.ts';
import type { EventBody } from '../../../../src/core/audit/chain.ts';

const base = { actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'personal:shop', environment: 'production', address: 'a@b:1/c' } };
const of = (run: string, time: number, kind: string, facts: EventBody = {}): EventBody => ({ ...base, run, time, kind, sql: `sql of ${run}`, ...facts });

const bodies: readonly EventBody[] = [
  { kind: 'stream-begin' },
  of('read', 1, 'read', { outcome: 'read', rows: 3 }),
  of('change', 2, 'intent'),
  of('change', 3, 'commit-intent', { transactionId: '7' }),
  of('change', 4, 'outcome', { outcome: 'committed', effects: [{ table: { schema: 'public', table: 't' }, inserted: 0, updated: 2, deleted: 0, why: 'statement' }] }),
  of('refused', 5, 'refused', { outcome: 'refused', reason: 'unparsed' }),
  of('undo', 6, 'intent', { undoOf: 'change' }),
  of('undo', 7, 'outcome', { outcome: 'committed', undoOf: 'change' }),
  of('crashed', 8, 'commit-intent'),
  of('settled', 9, 'commit-intent'),
  of('settled', 10, 'settled', { reason: 'rolled-back' }),
  of('lease', 11, 'elevation', { reason: 'writes allowed for 5 min: x' }),
];

describe('activity', () => {
  const entries = summariseActivity(bodies);
  const rows: readonly (readonly [run: string, kind: string, outcome: string])[] = [
    ['lease', 'elevation', 'recorded'],
    ['settled', 'change', 'rolled-back'],
    ['crashed', 'change', 'open'],
    ['undo', 'change', 'committed'],
    ['refused', 'refused', 'refused'],
    ['change', 'change', 'committed'],
    ['read', 'read', 'read'],
  ];
  it('is one entry for each run, newest first', () => {
    assert.deepEqual(entries.map(({ run, kind, outcome }) => [run, kind, outcome]), rows);
  });
  it('knows what was taken back', () => {
    assert.deepEqual(entries.filter(({ undoneBy }) => undoneBy !== undefined).map(({ run, undoneBy }) => [run, undoneBy]), [['change', 'undo']]);
  });
  it('is filtered by kind, connection and text', () => {
    const runs = (filter: Parameters<typeof filterActivity>[1]) => filterActivity(entries, filter).map(({ run }) => run);
    assert.deepEqual(runs({ kinds: ['refused'] }), ['refused']);
    assert.deepEqual(runs({ connection: 'personal:other' }), []);
    assert.deepEqual(runs({ text: 'SQL OF re' }), ['refused', 'read']);
  });
});
