/** From records to what a person did. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filterActivity, summariseActivity } from '../../../../src/core/audit/activity.ts';
import { b64u } from '../../../../src/core/approval/bytes.ts';
import { bodyBytes } from '../../../../src/core/approval/envelope.ts';
import type { EventBody } from '../../../../src/core/audit/chain.ts';
import { readAnswers } from '../../../../src/core/audit/recordedAnswers.ts';

const base = { actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'personal:shop', environment: 'production', address: 'a@b:1/c' } };
const of = (run: string, time: number, kind: string, facts: EventBody = {}): EventBody => ({ ...base, run, time, kind, sql: `sql of ${run}`, ...facts });

const controls = { actor: base.actor, kind: 'settings-changed', changes: ['access: readOnly → preview'] };

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
  { ...controls, run: 'setting', time: 8.5 },
  of('copied', 7.5, 'export', { rows: 12, to: 'clipboard, csv', sql: undefined }),
  of('line', 0.5, 'connect', { sql: undefined }),
  of('broken', 0.7, 'connect', { sql: undefined, outcome: 'failed', reason: 'no route' }),
  of('other', 12, 'read', { outcome: 'read', rows: 1, actor: { kind: 'human', osUser: 'ben', host: 'desk' } }),
  of('asked', 14, 'request'),
  of('asked', 15, 'outcome', { outcome: 'awaiting-confirmation' }),
  of('asked', 16, 'decision', { outcome: 'refused', reason: 'rejected by bob' }),
  of('confirmed', 17, 'outcome', { outcome: 'awaiting-confirmation' }),
  of('confirmed', 18, 'decision'),
  of('glass', 13, 'break-glass', { reason: 'the site is down' }),
  of('lease', 11, 'elevation', { reason: 'writes allowed for 5 min: x' }),
];

describe('activity', () => {
  const all = summariseActivity(bodies.map((body, index) => ({ body, place: { stream: 's', seq: index + 1, hash: 'h' } })));
  const entries = filterActivity(all, {});
  const rows: readonly (readonly [run: string, kind: string, outcome: string])[] = [
    ['confirmed', 'change', 'awaiting-confirmation'],
    ['asked', 'change', 'rejected'],
    ['glass', 'elevation', 'break-glass'],
    ['other', 'read', 'read'],
    ['lease', 'elevation', 'recorded'],
    ['settled', 'change', 'rolled-back'],
    ['setting', 'control', 'recorded'],
    ['crashed', 'change', 'open'],
    ['copied', 'export', 'recorded'],
    ['undo', 'change', 'committed'],
    ['refused', 'refused', 'refused'],
    ['change', 'change', 'committed'],
    ['read', 'read', 'read'],
    ['broken', 'connect', 'failed'],
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
    assert.deepEqual(runs({ actor: { osUser: 'ben', host: 'desk' } }), ['other']);
    assert.deepEqual(filterActivity(all, { kinds: ['connect'] }).map(({ run }) => run), ['broken', 'line'], 'lines that were opened are shown to whoever asks for them');
  });
  it('says what changed, and where the records are', () => {
    assert.deepEqual(entries.find(({ run }) => run === 'setting')?.notes, controls.changes);
    assert.deepEqual(entries.filter(({ control }) => control !== undefined).map(({ control }) => control), ['settings-changed']);
    assert.deepEqual(entries.find(({ run }) => run === 'change')?.places.map(({ seq }) => seq), [3, 4, 5]);
  });
});

describe('a commit without others', () => {
  const body = { v: 1, request: b64u(new Uint8Array(32)), decision: 'approve', reviewer: 'ann', team: b64u(new Uint8Array(32)), time: 5, expires: 9, saw: { view: 'web', masked: false, effect: true }, comment: '' };
  const signed = (reviewer: string) => ({ decisions: [{ payloadType: 'x', payload: b64u(bodyBytes({ ...body, reviewer })), signatures: [] }] });
  const broken = [of('e', 1, 'intent'), of('e', 2, 'outcome', { outcome: 'awaiting-confirmation' }), of('e', 3, 'break-glass', { reason: 'the shop is down', confirmation: signed('ann') }), of('e', 4, 'outcome', { outcome: 'committed' }), of('e', 5, 'request')];
  const rows: readonly (readonly [what: string, more: readonly EventBody[], emergency: string, reviewers: readonly string[]])[] = [
    ['is not reviewed at first', [], 'unreviewed', []],
    ['is reviewed', [of('e', 6, 'break-glass-review', { reason: 'reviewed', confirmation: signed('ben') })], 'reviewed', ['ben']],
    ['is rejected', [of('e', 6, 'break-glass-review', { reason: 'rejected', confirmation: signed('ben') })], 'rejected', ['ben']],
  ];
  for (const [what, more, emergency, reviewers] of rows) {
    it(what, () => {
      const [entry] = summariseActivity([...broken, ...more].map((each, index) => ({ body: each, place: { stream: 's', seq: index + 1, hash: 'h' } })));
      assert.deepEqual([entry?.kind, entry?.outcome, entry?.emergency, entry?.reason], ['change', 'committed', emergency, 'the shop is down']);
      assert.deepEqual(entry?.answers.map(({ reviewer }) => reviewer), reviewers);
    });
  }
});

describe('answers in a record', () => {
  const body = { v: 1, request: b64u(new Uint8Array(32)), decision: 'approve', reviewer: 'ben', team: b64u(new Uint8Array(32)), time: 5, expires: 9, saw: { view: 'web', masked: false, effect: true }, comment: 'fine' };
  const envelope = { payloadType: 'x', payload: b64u(bodyBytes(body)), signatures: [] };
  const rows: readonly (readonly [what: string, confirmation: unknown, reviewers: readonly string[]])[] = [
    ['one', { decisions: [envelope] }, ['ben']],
    ['none', { decisions: [] }, []],
    ['an older record', undefined, []],
    ['nonsense', { decisions: [{ payload: '!' }, 7, { payload: b64u(bodyBytes({ reviewer: 'mallory' })) }] }, []],
  ];
  for (const [what, confirmation, reviewers] of rows) it(what, () => assert.deepEqual(readAnswers(confirmation).map(({ reviewer }) => reviewer), reviewers));
});
