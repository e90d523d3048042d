import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStatement } from '../../../src/app/runStatement.ts';
import type { RunRequest } from '../../../src/app/run.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { createFakes, production, request, type Script } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';

const bounded = verdict(statement('delete from t where id < 4', 'write'));
const unbounded = verdict(statement('delete from t', 'destructive'));
const select = verdict(statement('select 1', 'read'));
const calls = { functions: ['lower'], fields: [], operators: [], types: [] };
const calling = verdict(statement('select lower(a) from t', 'read', { calls }));
const converting = verdict(statement("select 'x'::mood", 'unknown', { calls: { ...calls, functions: [], types: ['mood'], settledClass: 'read' } }));
const nothing: Script['lookUp'] = { kind: 'answered', suspects: [] };
const readOnly: Partial<RunRequest> = { policy: { access: 'readOnly', elevated: false, typedConfirmation: true } };
const unprotected: Partial<RunRequest> = { connection: { ...production, environment: 'development', protected: false } };
const commit = (typed = '') => ({ kind: 'commit', typed }) as const;
const opened = ['audit:intent', 'begin'];

type Case = { name: string; script: Script; request?: Partial<RunRequest>; outcome: Outcome['kind']; log: string[] };

const cases: readonly Case[] = [
  {
    name: 'a bounded write: intent, run, show, consent, commit-intent, commit, outcome, in this order',
    script: { verdict: bounded, consents: [commit()] },
    outcome: 'committed',
    log: ['acquire', ...opened, 'review', 'audit:preview', 'images', 'committing', 'audit:commit-intent', 'commit', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'declining rolls back',
    script: { verdict: bounded, consents: [{ kind: 'roll-back', why: 'declined' }] },
    outcome: 'rolled-back',
    log: ['acquire', ...opened, 'review', 'audit:preview', 'images', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'typed near misses are refused and the change stays open until the right words come',
    script: {
      verdict: unbounded,
      consents: ['', 'delete 3 rows ', 'Delete 3 rows', 'delete 3 row', 'delete\u00a03 rows', 'delete 3 rows'].map(commit),
    },
    outcome: 'committed',
    log: ['acquire', ...opened, 'review “delete 3 rows”', 'audit:preview', 'refuse', 'images', ...Array<string>(4).fill('refuse'), 'committing', 'audit:commit-intent', 'commit', 'end:committed', 'audit:outcome'],
  },
  {
    name: 'the server ending the transaction is a rollback that says so',
    script: { verdict: bounded, ended: Promise.resolve('server-timeout') },
    outcome: 'rolled-back',
    log: ['acquire', ...opened, 'review', 'audit:preview', 'images', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'no record, no write: a failing intent means nothing is sent',
    script: { verdict: bounded, failingRecords: ['intent'] },
    outcome: 'failed',
    log: ['acquire', 'audit:outcome'],
  },
  {
    name: 'no record, no commit: a failing commit-intent rolls back',
    script: { verdict: bounded, consents: [commit()], failingRecords: ['commit-intent'] },
    outcome: 'failed',
    log: ['acquire', ...opened, 'review', 'audit:preview', 'images', 'committing', 'rollback', 'rollback', 'end:failed', 'audit:outcome'],
  },
  {
    name: 'a rejected COMMIT is a failure, not a commit',
    script: { verdict: bounded, consents: [commit()], commit: { kind: 'rejected', failure: { code: 'sql', message: 'fk' } } },
    outcome: 'failed',
    log: ['acquire', ...opened, 'review', 'audit:preview', 'images', 'committing', 'audit:commit-intent', 'commit', 'end:failed', 'audit:outcome'],
  },
  ...(['committed', 'rolled-back', 'unknown', 'in-progress'] as const).map((settle): Case => {
    const outcome = settle === 'committed' || settle === 'rolled-back' ? settle : 'in-doubt';
    return {
      name: `a lost answer to COMMIT that settles as ${settle} ends ${outcome}`,
      script: { verdict: bounded, consents: [commit()], commit: { kind: 'in-doubt' }, settle },
      outcome,
      log: ['acquire', ...opened, 'review', 'audit:preview', 'images', 'committing', 'audit:commit-intent', 'commit', 'settle', `end:${outcome}`, 'audit:outcome'],
    };
  }),
  {
    name: 'a read opens no transaction for writing and is recorded once',
    script: { verdict: select },
    outcome: 'read',
    log: ['acquire', 'read', 'shown:done', 'audit:read'],
  },
  {
    name: 'reads after a failed one are not sent',
    script: {
      verdict: verdict(statement('select 1', 'read'), statement('select 2', 'read')),
      reads: [{ kind: 'failed', failure: { code: 'sql', message: 'no' } }],
    },
    outcome: 'failed',
    log: ['acquire', 'read', 'shown:failed', 'audit:read'],
  },
  {
    name: 'a refused text opens no session',
    script: { verdict: bounded },
    request: { policy: { access: 'readOnly', elevated: false, typedConfirmation: true } },
    outcome: 'refused',
    log: ['audit:refused'],
  },
  {
    name: 'a failing preview is recorded as failed and shows no panel',
    script: { verdict: bounded, start: { kind: 'failed', failure: { code: 'sql', message: 'no' } } },
    outcome: 'failed',
    log: ['acquire', ...opened, 'audit:outcome'],
  },
  {
    name: 'an unreachable server is a failure with nothing sent',
    script: { verdict: bounded, acquire: { kind: 'failed', failure: { code: 'connection', message: 'down' } } },
    outcome: 'failed',
    log: ['acquire', 'audit:outcome'],
  },
  {
    name: 'on an unprotected connection a write commits at once, recorded before and after',
    script: { verdict: unbounded },
    request: { connection: { ...production, environment: 'development', protected: false } },
    outcome: 'committed',
    log: ['acquire', ...opened, 'audit:commit-intent', 'commit', 'audit:outcome'],
  },
  {
    name: 'Preview Changes on an unprotected connection asks like on production',
    script: { verdict: unbounded, consents: [{ kind: 'roll-back', why: 'declined' }] },
    request: { connection: { ...production, environment: 'development', protected: false }, mode: 'preview' },
    outcome: 'rolled-back',
    log: ['acquire', ...opened, 'review “delete 3 rows”', 'audit:preview', 'images', 'rollback', 'end:rolled-back', 'audit:outcome'],
  },
  {
    name: 'a read that calls something runs when its names lead nowhere else',
    script: { verdict: calling, lookUp: nothing },
    request: readOnly,
    outcome: 'read',
    log: ['acquire', 'look up', 'acquire', 'read', 'shown:done', 'audit:read'],
  },
  {
    name: 'a read whose function may be a user’s is refused where only reads may run',
    script: { verdict: calling, lookUp: { kind: 'answered', suspects: [{ kind: 'function', name: 'lower', what: 'public.lower(text)' }] } },
    request: readOnly,
    outcome: 'refused',
    log: ['acquire', 'look up', 'audit:refused'],
  },
  {
    name: 'without an answer of the catalogue nothing is a read',
    script: { verdict: calling, lookUp: { kind: 'unanswered', message: 'the connection was lost' } },
    request: readOnly,
    outcome: 'refused',
    log: ['acquire', 'look up', 'audit:refused'],
  },
  {
    name: 'nor where the database cannot be asked',
    script: { verdict: converting },
    request: readOnly,
    outcome: 'refused',
    log: ['acquire', 'audit:refused'],
  },
  {
    name: 'what waits for the answer becomes a read by it',
    script: { verdict: converting, lookUp: nothing },
    request: readOnly,
    outcome: 'read',
    log: ['acquire', 'look up', 'acquire', 'read', 'shown:done', 'audit:read'],
  },
  {
    name: 'a look-up without a server fails once, with what the connection said',
    script: { verdict: converting, acquire: { kind: 'failed', failure: { code: 'connection', message: 'down' } } },
    request: readOnly,
    outcome: 'failed',
    log: ['acquire', 'audit:outcome'],
  },
  {
    name: 'nothing is looked up for a text that is refused anyway',
    script: { verdict: verdict(...converting.statements, ...bounded.statements), lookUp: nothing },
    request: readOnly,
    outcome: 'refused',
    log: ['audit:refused'],
  },
  {
    name: 'nor on a connection that is blocked',
    script: { verdict: calling, lookUp: nothing },
    request: { policy: { access: 'blocked', elevated: false, typedConfirmation: true } },
    outcome: 'refused',
    log: ['audit:refused'],
  },
  {
    name: 'without protection a read stays one unasked',
    script: { verdict: calling, lookUp: nothing },
    request: unprotected,
    outcome: 'read',
    log: ['acquire', 'read', 'shown:done', 'audit:read'],
  },
  {
    name: 'and what waits for the answer is asked there too',
    script: { verdict: converting, lookUp: nothing },
    request: unprotected,
    outcome: 'read',
    log: ['acquire', 'look up', 'acquire', 'read', 'shown:done', 'audit:read'],
  },
  {
    name: 'what was stopped during the look-up is cancelled, not refused',
    script: { verdict: calling, lookUp: { kind: 'unanswered', message: 'it was stopped' } },
    request: { ...readOnly, signal: AbortSignal.abort() },
    outcome: 'cancelled',
    log: ['acquire', 'look up', 'audit:outcome'],
  },
];

for (const { name, script, request: facts, outcome, log: expected } of cases) {
  test(name, async () => {
    const { ports, log } = createFakes(script);
    assert.equal((await runStatement(ports, request(facts))).kind, outcome);
    assert.deepEqual(log, expected);
  });
}

test('the countdown rolls back and says expired, and stops its timer', async () => {
  const { ports, log, clock } = createFakes({ verdict: bounded });
  const ended = runStatement(ports, request());
  await until(() => clock.pending === 1);
  clock.advance(119_999);
  assert.equal(log.includes('rollback'), false);
  clock.advance(1);
  const outcome = await ended;
  assert.deepEqual([outcome.kind, 'why' in outcome ? outcome.why : undefined], ['rolled-back', 'expired']);
  assert.equal(clock.pending, 0);
});

test('a commit chosen before the rows are on screen waits for them, and the countdown still wins', async () => {
  const never = new Promise<never>(() => undefined);
  const { ports, log, clock } = createFakes({ verdict: bounded, consents: [commit()], images: never });
  const ended = runStatement(ports, request());
  await until(() => clock.pending === 1);
  clock.advance(120_000);
  assert.equal((await ended).kind, 'rolled-back');
  assert.equal(log.includes('commit'), false);
});

test('a port that throws ends as failed, never as a rejection', async () => {
  const { ports } = createFakes({ verdict: select });
  const broken = { ...ports, sessions: { acquire: () => Promise.reject(new Error('bug')) } };
  assert.equal((await runStatement(broken, request())).kind, 'failed');
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
