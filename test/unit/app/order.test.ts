/** The order of things where a change is not simply held: run twice, asked first, costly, in the way of others. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChangeStart, OpenChange } from '../../../src/app/ports.ts';
import type { RunRequest } from '../../../src/app/run.ts';
import { runStatement } from '../../../src/app/runStatement.ts';
import type { Fingerprint } from '../../../src/core/effect/fingerprint.ts';
import type { Preview, Waiter } from '../../../src/core/effect/preview.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { createFakes, fakeChange, preview, production, request, type Script } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';

const t = { schema: 'public', table: 't' };
const alter = verdict(statement('alter table t add c int', 'ddl', { kind: 'alter-table' }));
const vacuum = verdict(statement('vacuum t', 'admin', { canPreview: false, canRunInTransaction: false, targets: [{ table: 't', access: 'write' }] }));
const bounded = verdict(statement('delete from t where id < 4', 'write'));
const commit = (typed = '') => ({ kind: 'commit', typed }) as const;
const decline = { kind: 'roll-back', why: 'declined' } as const;

const locked: Preview = {
  ...preview,
  effects: [],
  locks: [{ table: t, mode: 'AccessExclusiveLock', blocks: 'reads and writes' }],
  definition: { changes: [{ kind: 'added', object: 'column', name: 'public.t.c', detail: 'integer' }], rewritten: [], scanned: [] },
};
const opens = (facts: Partial<OpenChange> = {}) => (log: string[]): ChangeStart => ({ kind: 'open', change: fakeChange(log, { preview: locked, ...facts }) });
const printed = (sha256: string): Fingerprint => ({ kind: 'fingerprint', version: 1, tables: [{ table: 'public.t', operations: { inserted: 0, updated: 1, deleted: 0 }, after: { rows: 1, sha256 }, ignored: [] }], definitions: [], complete: true });

type Case = { readonly name: string; readonly script: Script; readonly request?: Partial<RunRequest>; readonly outcome: string; readonly log: readonly string[] };

const begun = ['acquire', 'audit:intent', 'begin'];
const shown = [...begun, 'rollback', 'review rehearsed', 'audit:preview', 'images'];

const cases: readonly Case[] = [
  {
    name: 'strong locks: run, rolled back, shown, consent, run again, equal, committed',
    script: { verdict: alter, starts: [opens(), opens()], consents: [commit()] },
    outcome: 'committed',
    log: [...shown, 'committing', 'begin', 'audit:commit-intent', 'commit', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'declining runs nothing again',
    script: { verdict: alter, starts: [opens()], consents: [decline] },
    outcome: 'rolled-back declined',
    log: [...shown, 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'another definition the second time is rolled back',
    script: { verdict: alter, starts: [opens(), opens({ preview: { ...locked, definition: { changes: [], rewritten: [], scanned: [] } } })], consents: [commit()] },
    outcome: 'rolled-back drifted: No longer: added column public.t.c: integer',
    log: [...shown, 'committing', 'begin', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'other rows of the same number are rolled back',
    script: { verdict: alter, starts: [opens({ fingerprint: () => Promise.resolve(printed('a')) }), opens({ fingerprint: () => Promise.resolve(printed('b')) })], consents: [commit()] },
    outcome: 'rolled-back drifted: Other rows than shown in public.t',
    log: [...shown, 'committing', 'begin', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'more rows are rolled back',
    script: { verdict: alter, starts: [opens({ preview: { ...locked, effects: preview.effects } }), opens({ preview: { ...locked, effects: preview.effects.map((effect) => ({ ...effect, deleted: 4 })) } })], consents: [commit()] },
    outcome: 'rolled-back drifted: No longer: changes public.t: 0 inserted, 0 updated, 3 deleted; Now: changes public.t: 0 inserted, 0 updated, 4 deleted',
    log: [...shown, 'committing', 'begin', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'a second run that fails changes nothing',
    script: { verdict: alter, starts: [opens(), () => ({ kind: 'failed', failure: { code: 'sql', message: 'lock' } })], consents: [commit()] },
    outcome: 'failed',
    log: [...shown, 'committing', 'begin', 'end:failed', 'audit:outcome'],
  },
  {
    name: 'no record, no commit: the second run is rolled back',
    script: { verdict: alter, starts: [opens(), opens()], consents: [commit()], failingRecords: ['commit-intent'] },
    outcome: 'failed',
    log: [...shown, 'committing', 'begin', 'rollback', 'rollback', 'rollback', 'end:failed', 'audit:outcome'],
  },
  {
    name: 'nothing takes it back: looked at, asked, recorded, run alone',
    script: { verdict: vacuum, alone: { kind: 'done', rows: 0, commandTag: 'VACUUM' }, consents: [commit('vacuum'), commit('vacuum t')] },
    outcome: 'committed',
    log: ['acquire', 'audit:intent', 'inspect', 'ask “vacuum t”', 'refuse', 'committing', 'audit:commit-intent', 'run alone', 'shown:done', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'declined before it ran: nothing was sent',
    script: { verdict: vacuum, alone: { kind: 'done', rows: 0, commandTag: '' }, consents: [decline] },
    outcome: 'cancelled',
    log: ['acquire', 'audit:intent', 'inspect', 'ask “vacuum t”', 'end:cancelled', 'audit:outcome'],
  },
  {
    name: 'a line lost while it ran is a doubt',
    script: { verdict: vacuum, alone: { kind: 'in-doubt' }, consents: [commit('vacuum t')] },
    outcome: 'in-doubt',
    log: ['acquire', 'audit:intent', 'inspect', 'ask “vacuum t”', 'committing', 'audit:commit-intent', 'run alone', 'shown:failed', 'end:in-doubt', 'audit:outcome'],
  },
  {
    name: 'no record, no run',
    script: { verdict: vacuum, alone: { kind: 'done', rows: 0, commandTag: '' }, consents: [commit('vacuum t')], failingRecords: ['commit-intent'] },
    outcome: 'failed',
    log: ['acquire', 'audit:intent', 'inspect', 'ask “vacuum t”', 'committing', 'end:failed', 'audit:outcome'],
  },
  {
    name: 'where nobody can be asked first, it is refused',
    script: { verdict: vacuum },
    outcome: 'refused cannot-preview',
    log: ['acquire', 'audit:outcome'],
  },
  {
    name: 'a server that finds that a rollback would not help asks first too',
    script: { verdict: bounded, starts: [() => ({ kind: 'irreversible', why: 'The table keeps no transactions.' })], alone: { kind: 'done', rows: 3, commandTag: 'DELETE 3' }, consents: [commit('delete')] },
    outcome: 'committed',
    log: [...begun, 'inspect', 'ask “delete”', 'committing', 'audit:commit-intent', 'run alone', 'shown:done', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'the same where nothing is protected: run directly, and nobody is asked',
    script: { verdict: bounded, starts: [() => ({ kind: 'irreversible', why: 'The table keeps no transactions.' })] },
    request: { connection: { ...production, environment: 'development', protected: false } },
    outcome: 'committed',
    log: [...begun, 'audit:intent', 'execute', 'shown:done', 'audit:outcome'],
  },
  {
    name: 'costly and worth it: asked, then run without the question',
    script: { verdict: bounded, starts: [() => ({ kind: 'costly', expectedRows: 250_000, statement: 0 })], worthIt: true, consents: [commit()] },
    outcome: 'committed',
    log: [...begun, 'worth it?', 'begin', 'review', 'audit:preview', 'images', 'committing', 'audit:commit-intent', 'commit', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'a definition of a big table, tried on a copy: shown, and run for the first time after consent',
    script: { verdict: bounded, starts: [() => ({ kind: 'costly', expectedRows: 250_000, statement: 0, trial: preview })], consents: [commit()] },
    outcome: 'committed',
    log: [...begun, 'review rehearsed', 'audit:preview', 'images', 'committing', 'begin', 'audit:commit-intent', 'commit', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'a definition tried on a copy and declined never runs',
    script: { verdict: bounded, starts: [() => ({ kind: 'costly', expectedRows: 250_000, statement: 0, trial: preview })], consents: [{ kind: 'roll-back', why: 'declined' }] },
    outcome: 'rolled-back declined',
    log: [...begun, 'review rehearsed', 'audit:preview', 'images', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'a definition that does something else on its table than on the copy is rolled back',
    script: {
      verdict: bounded,
      starts: [() => ({ kind: 'costly', expectedRows: 250_000, statement: 0, trial: { ...preview, effects: [] } }), (log) => ({ kind: 'open', change: fakeChange(log) })],
      consents: [commit()],
    },
    outcome: 'rolled-back drifted: Now: changes public.t: 0 inserted, 0 updated, 3 deleted',
    log: [...begun, 'review rehearsed', 'audit:preview', 'images', 'committing', 'begin', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'costly and not worth it: nothing ran',
    script: { verdict: bounded, starts: [() => ({ kind: 'costly', expectedRows: 250_000, statement: 0 })], worthIt: false },
    outcome: 'cancelled',
    log: [...begun, 'worth it?', 'audit:outcome'],
  },
  {
    name: 'costly, and nobody can be asked: refused',
    script: { verdict: bounded, starts: [() => ({ kind: 'costly', expectedRows: 250_000, statement: 0 })] },
    outcome: 'refused too-costly',
    log: [...begun, 'audit:outcome'],
  },
];

describe('the order of a run', () => {
  for (const { name, script, request: facts, outcome, log: expected } of cases) {
    test(name, async () => {
      const { ports, log } = createFakes(script);
      assert.equal(summary(await runStatement(ports, request(facts))), outcome);
      assert.deepEqual(log, expected);
    });
  }
});

test('on an unprotected connection the cost is not asked about', async () => {
  let asked: number | undefined;
  const { ports } = createFakes({ verdict: bounded });
  const acquire: typeof ports.sessions.acquire = async (...facts) => {
    const start = await ports.sessions.acquire(...facts);
    if (start.kind === 'failed') return start;
    const { session } = start;
    return { ...start, session: { ...session, beginChange: (order) => ((asked = order.limits.maxExpectedRows), session.beginChange(order)) } };
  };
  const limits = { ...request().limits, maxExpectedRows: 5 };
  await runStatement({ ...ports, sessions: { acquire } }, request({ connection: { ...production, protected: false, environment: 'development' }, limits }));
  assert.equal(asked, undefined);
});

describe('others wait', () => {
  const waiter = (waitingMs: number): Waiter => ({ application: 'app', user: 'shop', waitingMs });

  test('they are shown every second, and after the limit the change gives way and stops asking', async () => {
    const waits = [[], [waiter(900)], [waiter(2000), waiter(100)], [waiter(3000)]];
    const change = { preview, waiters: () => Promise.resolve(waits.shift() ?? []) };
    const { ports, log, clock } = createFakes({ verdict: bounded, starts: [opens(change)] });
    const run = runStatement(ports, request({ limits: { ...request().limits, giveWayAfterMs: 3000 } }));
    for (let second = 0; second < 4; second += 1) {
      await until(() => clock.pending === 2);
      clock.advance(1000);
      await until(() => log.filter((entry) => entry.startsWith('waiting')).length > second);
    }
    assert.equal(summary(await run), 'rolled-back others-wait');
    assert.deepEqual(log.filter((entry) => entry.startsWith('waiting')), ['waiting 0', 'waiting 1', 'waiting 2', 'waiting 1']);
    assert.equal(clock.pending, 0);
    assert.equal(log.includes('commit'), false);
  });

  test('without a limit nobody is given way to', async () => {
    const change = { preview, waiters: () => Promise.resolve([waiter(60_000)]) };
    const { ports, log, clock } = createFakes({ verdict: bounded, starts: [opens(change)] });
    const run = runStatement(ports, request());
    await until(() => clock.pending === 2);
    clock.advance(1000);
    await until(() => log.includes('waiting 1'));
    await until(() => clock.pending === 2);
    clock.advance(120_000);
    assert.equal(summary(await run), 'rolled-back expired');
  });
});

function summary(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rolled-back':
      return `rolled-back ${outcome.why}${outcome.differences ? `: ${outcome.differences.join('; ')}` : ''}`;
    case 'refused':
      return `refused ${outcome.reasons.map(({ code }) => code).join(' ')}`;
    default:
      return outcome.kind;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('where the number of the transaction counts is recorded before COMMIT', async () => {
  const { ports, records } = createFakes({ verdict: bounded, starts: [(log) => ({ kind: 'open', change: fakeChange(log, { mark: () => (log.push('mark'), Promise.resolve('server 1 flushed')) }) })], consents: [commit()] });
  await runStatement(ports, request());
  assert.equal(records.find(({ kind }) => kind === 'commit-intent')?.transactionMark, 'server 1 flushed');
});
