/** Which events deserve an alert. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultAlertRules, judgeEvent, type AlertKind, type RefusalCounts } from '../../../../src/core/audit/alerts.ts';
import type { EventBody } from '../../../../src/core/audit/chain.ts';

const base = { actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'personal:shop' }, run: 'r', sql: 'delete from secrets' };

const rows: readonly (readonly [what: string, body: EventBody, kinds: readonly AlertKind[]])[] = [
  ['a read', { ...base, kind: 'read', rows: 10 }, []],
  ['a big read', { ...base, kind: 'read', rows: 50_000 }, ['bulk-export']],
  ['a big export', { ...base, kind: 'export', rows: 60_000 }, ['bulk-export']],
  ['a small delete', { ...base, kind: 'outcome', outcome: 'committed', effects: [{ deleted: 999 }] }, []],
  ['many rows deleted in two tables', { ...base, kind: 'outcome', outcome: 'committed', effects: [{ deleted: 600 }, { deleted: 400 }] }, ['bulk-delete']],
  ['the same, rolled back', { ...base, kind: 'outcome', outcome: 'rolled-back', effects: [{ deleted: 1000 }] }, []],
  ['a granted right', { ...base, kind: 'outcome', outcome: 'committed', class: 'privilege' }, ['privilege-change']],
  ['auditing and backup touched', { ...base, kind: 'outcome', outcome: 'committed', tags: ['audit', 'backup'] }, ['audit-touched', 'backup-touched']],
  ['nobody knows', { ...base, kind: 'outcome', outcome: 'in-doubt' }, ['in-doubt']],
  ['writes allowed', { ...base, kind: 'elevation', reason: 'writes allowed for 5 min: x' }, ['elevation']],
  ['writes no longer allowed', { ...base, kind: 'elevation', reason: 'writes no longer allowed: ended on request' }, []],
  ['an agent refused', { ...base, actor: { ...base.actor, kind: 'agent' }, kind: 'refused' }, ['agent-refused']],
  ['a stream after one that was tampered with', { kind: 'stream-begin', abandoned: { stream: 's' } }, ['spool-damaged']],
  ['nonsense', { kind: 7, effects: 'x', actor: null }, []],
];

describe('alerts', () => {
  for (const [what, body, kinds] of rows) {
    it(what, () => {
      const { alerts } = judgeEvent(body, defaultAlertRules, new Map());
      assert.deepEqual(alerts.map(({ kind }) => kind), kinds);
      for (const { text } of alerts) assert.doesNotMatch(text, /secrets/u);
    });
  }

  it('refused again and again, until something was allowed', () => {
    let refusals: RefusalCounts = new Map();
    const told: number[] = [];
    for (const kind of ['refused', 'refused', 'refused', 'refused', 'read', 'refused', 'refused', 'refused', 'refused', 'refused']) {
      const judged = judgeEvent({ ...base, kind }, defaultAlertRules, refusals);
      refusals = judged.refusals;
      told.push(judged.alerts.length);
    }
    assert.deepEqual(told, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });
});
