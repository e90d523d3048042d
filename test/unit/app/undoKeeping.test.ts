/** The way back is kept before COMMIT, told before the decision, and gone when nothing was committed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Consent, OpenChange, ReviewRequest } from '../../../src/app/ports.ts';
import type { UndoKept, UndoStore } from '../../../src/app/undoPort.ts';
import { runStatement } from '../../../src/app/runStatement.ts';
import type { RunRequest } from '../../../src/app/run.ts';
import { epochMs } from '../../../src/core/brand.ts';
import type { CommitResult, Outcome } from '../../../src/core/outcome.ts';
import type { Undo } from '../../../src/core/undo/undo.ts';
import { createFakes, preview, request } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';

const table = { schema: 'public', table: 't' };
const steps: Undo = { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [{ sql: 'insert', parts: [{ table, kind: 'restore-deleted', rows: 3 }] }], leaves: [] };
const commit: Consent = { kind: 'commit', typed: '' };
const back: Consent = { kind: 'roll-back', why: 'declined' };

const isKept: UndoKept = { kind: 'kept', expiresAt: epochMs(5) };

type Case = {
  name: string;
  undo?: Undo | Error;
  kept?: UndoKept;
  consents: readonly Consent[];
  commit?: CommitResult;
  facts?: Partial<RunRequest>;
  /** Rows a way back lists as not restored. */
  returned?: readonly (readonly string[])[];
  outcome: Outcome['kind'];
  log: string;
};

const cases: readonly Case[] = [
  { name: 'kept, told, committed, confirmed', consents: [commit], outcome: 'committed', log: 'keep told:kept audit:commit-intent commit confirm:r1' },
  { name: 'a rollback leaves nothing', consents: [back], outcome: 'rolled-back', log: 'keep rollback discard:r1' },
  { name: 'a COMMIT the server refuses leaves nothing', consents: [commit], commit: { kind: 'rejected', failure: { code: 'sql', message: 'fk' } }, outcome: 'failed', log: 'keep told:kept audit:commit-intent commit discard:r1' },
  { name: 'while nobody knows, it stays', consents: [commit], commit: { kind: 'in-doubt' }, outcome: 'in-doubt', log: 'keep told:kept audit:commit-intent commit' },
  { name: 'a full disk is told, and who decided before is asked again', kept: { kind: 'failed', reason: 'the disk is full.' }, consents: [commit, commit], outcome: 'committed', log: 'keep told:none refuse audit:commit-intent commit' },
  { name: 'and may think better of it', kept: { kind: 'failed', reason: 'the disk is full.' }, consents: [commit, back], outcome: 'rolled-back', log: 'keep told:none refuse rollback' },
  { name: 'no way back is told in the same way', undo: { kind: 'none', reason: 'it is a TRUNCATE.' }, consents: [commit, commit], outcome: 'committed', log: 'told:none refuse audit:commit-intent commit' },
  { name: 'nothing to take back needs no file', undo: { ...steps, steps: [] }, consents: [commit], outcome: 'committed', log: 'told:nothing audit:commit-intent commit' },
  { name: 'an adapter that breaks its word is none', undo: new Error('bug'), consents: [back], outcome: 'rolled-back', log: 'rollback' },
  { name: 'a way back that restored everything is used up', consents: [commit], facts: { undoOf: 'r0' }, outcome: 'committed', log: 'keep told:kept audit:commit-intent commit confirm:r1 discard:r0' },
  { name: 'one that left rows alone can be tried again', consents: [commit], facts: { undoOf: 'r0' }, returned: [['public.t', '(1)', 'changed']], outcome: 'committed', log: 'keep told:kept audit:commit-intent commit confirm:r1' },
];

for (const { name, undo = steps, kept = isKept, consents, commit: answer, facts, returned, outcome, log: expected } of cases) {
  test(name, async () => {
    const opened: ReviewRequest[] = [];
    const change: OpenChange = {
      preview: returned ? { ...preview, statements: [{ text: 'x', commandTag: 'SELECT 1', rows: 1, returned }] } : preview,
      ended: new Promise<never>(() => undefined),
      images: () => Promise.resolve([]),
      undo: () => (undo instanceof Error ? Promise.reject(undo) : Promise.resolve(undo)),
      commit: () => (log.push('commit'), Promise.resolve(answer ?? { kind: 'acknowledged' })),
      rollback: () => (log.push('rollback'), Promise.resolve()),
    };
    const { ports, log, records } = createFakes({ verdict: verdict(statement('delete from t where id < 4', 'write')), consents: [...consents], start: { kind: 'open', change } });
    const store: UndoStore = {
      keep: (entry) => (log.push(entry.undo === undo ? 'keep' : 'keep something else'), Promise.resolve(kept)),
      confirm: (run) => (log.push(`confirm:${run}`), Promise.resolve()),
      discard: (run) => (log.push(`discard:${run}`), Promise.resolve()),
    };
    const reviewer: typeof ports.reviewer = {
      open: (asked) => {
        opened.push(asked);
        return { ...ports.reviewer.open(asked), undo: (notice) => log.push(`told:${notice.kind}`) };
      },
    };
    const ended = await runStatement({ ...ports, reviewer, undo: store }, request(facts));
    assert.equal(ended.kind, outcome);
    // Whoever rolls back at once may or may not have been told before.
    const uninteresting = consents[0] === back ? /^(?:acquire|told|begin|audit|review|images|end:)/ : /^(?:acquire|begin|audit:(?:intent|preview|outcome)|review|images|committing|settle|end:)/;
    assert.equal(log.filter((line) => !uninteresting.test(line)).join(' '), expected);
    assert.deepEqual([opened[0]?.undoOf, records[0]?.undoOf], [facts?.undoOf, facts?.undoOf]);
  });
}

for (const [rows, expected] of [[3, 'keep commit confirm:r1'], [2, 'commit'], [undefined, 'commit']] as const) {
  test(`where nobody is asked, a change of 3 rows and a limit of ${rows === undefined ? 'none' : String(rows)}: ${expected}`, async () => {
    const log: string[] = [];
    const change: OpenChange = {
      preview,
      ended: new Promise<never>(() => undefined),
      images: () => Promise.resolve([]),
      undo: () => Promise.resolve(steps),
      commit: () => (log.push('commit'), Promise.resolve({ kind: 'acknowledged' })),
      rollback: () => Promise.resolve(),
    };
    const { ports } = createFakes({ verdict: verdict(statement('delete from t where id < 4', 'write')), start: { kind: 'open', change } });
    const store: UndoStore = {
      keep: () => (log.push('keep'), Promise.resolve(isKept)),
      confirm: (run) => (log.push(`confirm:${run}`), Promise.resolve()),
      discard: (run) => (log.push(`discard:${run}`), Promise.resolve()),
    };
    const asked = request();
    const outcome = await runStatement({ ...ports, undo: store }, { ...asked, connection: { ...asked.connection, environment: 'development', protected: false }, limits: { ...asked.limits, ...(rows === undefined ? {} : { maxUnaskedUndoRows: rows }) } });
    assert.equal(outcome.kind, 'committed');
    assert.equal(log.join(' '), expected);
  });
}

test('a way back that comes too late is not kept', async () => {
  let resolve: (undo: Undo) => void = () => undefined;
  const change: OpenChange = {
    preview,
    ended: Promise.resolve('server-timeout'),
    images: () => Promise.resolve([]),
    undo: () => new Promise((later) => (resolve = later)),
    commit: () => Promise.resolve({ kind: 'acknowledged' }),
    rollback: () => Promise.resolve(),
  };
  const { ports } = createFakes({ verdict: verdict(statement('delete from t where id < 4', 'write')), start: { kind: 'open', change } });
  const kept: string[] = [];
  const store: UndoStore = { keep: ({ run }) => (kept.push(run), Promise.resolve({ kind: 'kept', expiresAt: epochMs(5) })), confirm: () => Promise.resolve(), discard: () => Promise.resolve() };
  assert.equal((await runStatement({ ...ports, undo: store }, request())).kind, 'rolled-back');
  resolve(steps);
  await new Promise((later) => setImmediate(later));
  assert.deepEqual(kept, []);
});

test('a change that is run again after consent keeps the way back of the run that was committed, once', async () => {
  const log: string[] = [];
  let runs = 0;
  const change = (): OpenChange => ({
    preview: { ...preview, locks: [{ table, mode: 'AccessExclusiveLock', blocks: 'reads and writes' }] },
    ended: new Promise<never>(() => undefined),
    images: () => Promise.resolve([]),
    undo: () => Promise.resolve(steps),
    commit: () => (log.push('commit'), Promise.resolve({ kind: 'acknowledged' })),
    rollback: () => (log.push('rollback'), Promise.resolve()),
  });
  const { ports } = createFakes({ verdict: verdict(statement('delete from t where id < 4', 'write')), consents: [commit] });
  const start = await ports.sessions.acquire('d', request().connection, new AbortController().signal);
  assert.ok(start.kind === 'open');
  const session = { ...start.session, beginChange: () => ((runs += 1), Promise.resolve({ kind: 'open' as const, change: change() })) };
  const store: UndoStore = { keep: ({ run }) => (log.push(`keep:${run}`), Promise.resolve(isKept)), confirm: (run) => (log.push(`confirm:${run}`), Promise.resolve()), discard: (run) => (log.push(`discard:${run}`), Promise.resolve()) };
  const outcome = await runStatement({ ...ports, sessions: { acquire: () => Promise.resolve({ kind: 'open', session }) }, undo: store }, request());
  assert.deepEqual([outcome.kind, runs, log.join(' ')], ['committed', 2, 'keep:r1 rollback keep:r1 commit confirm:r1 confirm:r1']);
});

test('what nothing takes back says so before the consent, and what brought its way back along keeps it', async () => {
  for (const wayBack of [undefined, steps]) {
    const log: string[] = [];
    const { ports } = createFakes({ verdict: verdict({ ...statement('rename table a to b', 'ddl'), implicitCommit: true, canPreview: false, canRunInTransaction: false }), consents: [{ kind: 'commit', typed: 'rename table a to b' }] });
    const start = await ports.sessions.acquire('d', request().connection, new AbortController().signal);
    assert.ok(start.kind === 'open');
    const session = { ...start.session, inspect: () => Promise.resolve({ facts: [], unknown: [] }), runAlone: () => (log.push('run'), Promise.resolve({ kind: 'done' as const, rows: 0, commandTag: 'RENAME TABLE' })) };
    const store: UndoStore = { keep: () => (log.push('keep'), Promise.resolve(isKept)), confirm: () => (log.push('confirm'), Promise.resolve()), discard: () => (log.push('discard'), Promise.resolve()) };
    const ask: NonNullable<typeof ports.reviewer.ask> = ({ phrase }) => {
      const opened = ports.reviewer.open({} as ReviewRequest);
      return { ...opened, decision: () => Promise.resolve({ kind: 'commit', typed: phrase }), undo: (notice) => log.push(`told:${notice.kind === 'none' ? notice.reason : notice.kind}`) };
    };
    const outcome = await runStatement({ ...ports, reviewer: { ...ports.reviewer, ask }, sessions: { acquire: () => Promise.resolve({ kind: 'open', session }) }, undo: store }, request(wayBack ? { wayBack } : {}));
    assert.equal(outcome.kind, 'committed', JSON.stringify(outcome));
    assert.equal(log.join(' '), wayBack ? 'keep told:kept run confirm' : 'told:the server commits it by itself, and with it whatever else is open. run');
  }
});
