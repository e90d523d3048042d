/** Which events deserve an alert. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAccessHours } from '../../../../src/core/audit/accessHours.ts';
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
  ['a stream that misses what was recorded before it', { kind: 'stream-begin', missing: { stream: 's', seq: 3, hash: 'h' } }, ['spool-damaged']],
  ['break-glass', { ...base, kind: 'break-glass' }, ['break-glass']],
  ['break-glass that was signed off', { ...base, kind: 'break-glass-review', reason: 'reviewed' }, []],
  ['break-glass that was rejected afterwards', { ...base, kind: 'break-glass-review', reason: 'rejected' }, ['break-glass-rejected']],
  ['hidden values shown', { ...base, kind: 'mask-revealed' }, ['mask-revealed']],
  ['an approved change that does something else', { ...base, kind: 'effect-changed' }, ['effect-drift']],
  ['a shown change that does something else', { ...base, kind: 'outcome', outcome: 'rolled-back', reason: 'drifted' }, ['effect-drift']],
  ['a change that was declined', { ...base, kind: 'outcome', outcome: 'rolled-back', reason: 'declined' }, []],
  ['other endpoints', { kind: 'endpoints-changed', actor: base.actor, changes: ['x'] }, ['records-changed']],
  ['another version of the team file', { kind: 'team-changed', actor: base.actor, changes: ['x'] }, ['team-changed']],
  ['a log that was rewritten', { kind: 'log-untrusted', actor: base.actor, endpoint: 'log', reason: 'it is smaller than it was' }, ['log-untrusted']],
  ['an endpoint that takes nothing', { kind: 'endpoint-silent', actor: base.actor, endpoint: 'loki' }, ['endpoint-silent']],
  ['a changed profile', { kind: 'profile-changed', actor: base.actor, changes: ['x'] }, []],
  ['nonsense', { kind: 7, effects: 'x', actor: null }, []],
];

const office = { ...defaultAlertRules, hours: parseAccessHours(['Mon-Fri 08:00-18:00'], 'UTC').hours };
const [noon, night] = [Date.parse('2026-11-20T12:00:00Z'), Date.parse('2026-11-20T23:00:00Z')];
const production = { ...base, target: { connection: 'personal:shop', environment: 'production' } };

const late: readonly (readonly [what: string, body: EventBody, isTold: boolean])[] = [
  ['a read at noon', { ...production, kind: 'read', time: noon }, false],
  ['a read at night', { ...production, kind: 'read', time: night }, true],
  ['a write at night', { ...production, kind: 'intent', time: night }, true],
  ['the end of a write at night', { ...production, kind: 'outcome', outcome: 'rolled-back', time: night }, false],
  ['a read of staging at night', { ...base, target: { connection: 's', environment: 'staging' }, kind: 'read', time: night }, false],
];

describe('alerts', () => {
  for (const [what, body, isTold] of late) {
    it(`outside of the hours: ${what}`, () => assert.deepEqual(judgeEvent(body, office, new Map()).alerts.map(({ kind }) => kind), isTold ? ['outside-hours'] : []));
  }

  it('a night of work is said once, and what happens in it each time', () => {
    const keys = (run: string) => judgeEvent({ ...production, run, kind: 'export', rows: 60_000, time: night }, office, new Map()).alerts.map(({ key }) => key);
    const [[firstNight, firstExport], [nextNight, nextExport]] = [keys('a'), keys('b')];
    assert.equal(firstNight, nextNight);
    assert.notEqual(firstExport, nextExport);
  });

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
