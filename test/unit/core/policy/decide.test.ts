import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, type DecisionInput } from '../../../../src/core/policy/decide.ts';
import type { ClassifiedStatement, StatementClass } from '../../../../src/core/sql/verdict.ts';
import { statement, verdict } from '../../../fakes/statements.ts';

type Where = 'readOnly' | 'preview' | 'blocked' | 'elevated' | 'development';
type Row = readonly [what: string, statements: readonly ClassifiedStatement[], where: Where, expected: string, mode?: 'preview'];

const of = (cls: StatementClass, facts?: Partial<ClassifiedStatement>): ClassifiedStatement => statement(`${cls} …`, cls, facts);

const rows: readonly Row[] = [
  ['reads', [of('read'), of('read')], 'readOnly', 'read'],
  ['reads', [of('read')], 'blocked', 'deny blocked'],
  ['a write', [of('write')], 'readOnly', 'deny needs-elevation'],
  ['a write', [of('write')], 'blocked', 'deny blocked'],
  ['a write', [of('write')], 'preview', 'change consent'],
  ['a write', [of('write')], 'elevated', 'change consent'],
  ['ddl', [of('ddl')], 'elevated', 'change consent'],
  ['a destructive one', [of('destructive')], 'elevated', 'change consent+typed-confirmation'],
  ['a privilege change', [of('privilege')], 'elevated', 'change consent+typed-confirmation'],
  ['an unknown one', [of('unknown')], 'elevated', 'change consent+typed-confirmation'],
  ['an unknown one', [of('unknown')], 'readOnly', 'deny needs-elevation'],
  ['a read and a write', [of('read'), of('write')], 'preview', 'change consent'],
  ['a read and a write', [of('read'), of('write')], 'readOnly', 'deny needs-elevation'],
  ['a write and a destructive one', [of('write'), of('destructive')], 'preview', 'change consent+typed-confirmation'],
  ['COMMIT', [of('txn')], 'preview', 'deny transaction-control'],
  ['UPDATE; COMMIT; DROP', [of('write'), of('txn'), of('destructive')], 'preview', 'deny transaction-control'],
  ['a text that can leave the transaction', [of('read'), of('write', { tags: ['txn_escape'] })], 'preview', 'deny transaction-control'],
  ['COMMIT', [of('txn')], 'development', 'deny transaction-control'],
  ['SET', [of('session')], 'preview', 'deny session-setting'],
  ['a read and a SET', [of('read'), of('session')], 'readOnly', 'deny session-setting'],
  ['a guard variable', [of('admin', { tags: ['guard'] })], 'elevated', 'deny session-setting'],
  ['constraints checked later, and a write', [of('session', { kind: 'set-constraints' }), of('write')], 'preview', 'change consent'],
  ['constraints checked later, and a write', [of('session', { kind: 'set-constraints' }), of('write')], 'readOnly', 'deny needs-elevation'],
  ['SET', [of('session')], 'development', 'change'],
  ['VACUUM', [of('admin', { canPreview: false, canRunInTransaction: false })], 'elevated', 'consent-first consent+typed-confirmation'],
  ['VACUUM', [of('admin', { canPreview: false, canRunInTransaction: false })], 'readOnly', 'deny needs-elevation'],
  ['VACUUM', [of('admin', { canPreview: false, canRunInTransaction: false })], 'blocked', 'deny blocked'],
  ['VACUUM and an update', [of('admin', { canPreview: false, canRunInTransaction: false }), of('write')], 'elevated', 'deny not-alone'],
  ['CREATE INDEX CONCURRENTLY', [of('ddl', { canPreview: false, canRunInTransaction: false })], 'elevated', 'consent-first consent+typed-confirmation'],
  ['a definition the server commits by itself', [of('destructive', { canPreview: false, implicitCommit: true, tags: ['implicit_commit'] })], 'elevated', 'consent-first consent+typed-confirmation'],
  ['setval', [of('write', { reasons: [{ code: 'function', message: 'Calls setval, which moves a sequence' }] })], 'elevated', 'consent-first consent+typed-confirmation'],
  ['nextval', [of('write', { reasons: [{ code: 'function', message: 'Calls nextval, which moves a sequence' }] })], 'elevated', 'change consent'],
  ['a call that nobody can look into', [of('unknown', { canPreview: false })], 'elevated', 'deny cannot-preview'],
  ['VACUUM', [of('admin', { canPreview: false, canRunInTransaction: false })], 'development', 'direct'],
  ['VACUUM', [of('admin', { canPreview: false, canRunInTransaction: false })], 'development', 'deny cannot-preview', 'preview'],
  ['pg_terminate_backend', [of('admin', { canPreview: false, tags: ['ro_slip'] })], 'elevated', 'consent-first consent+typed-confirmation'],
  ['REINDEX TABLE', [of('admin', { tags: ['lock', 'ro_slip'] })], 'elevated', 'consent-first consent+typed-confirmation'],
  ['DISABLE TRIGGER', [of('admin', { tags: ['audit'] })], 'elevated', 'change consent+typed-confirmation'],
  ['COPY from a program', [of('admin', { canPreview: false, tags: ['server_program', 'ro_slip'] })], 'elevated', 'deny outside-database'],
  ['COPY to a file', [of('write', { tags: ['server_file'] })], 'elevated', 'deny outside-database'],
  ['a new large object', [of('write', { tags: ['ro_slip'] })], 'elevated', 'change consent'],
  ['a destructive one', [of('destructive')], 'development', 'change'],
  ['a destructive one', [of('destructive')], 'development', 'change consent+typed-confirmation', 'preview'],
];

for (const [what, statements, where, expected, mode] of rows) {
  test(`${what} on ${where}${mode ? ' with Preview Changes' : ''}: ${expected}`, () => {
    assert.equal(summary(input(statements, where, mode ?? 'run')), expected);
  });
}

test('text that could not be parsed is refused with the place, whatever its statements say', () => {
  const decision = decide({
    ...input([of('read')], 'elevated', 'run'),
    verdict: { dialect: 'postgresql', class: 'unknown', statements: [of('read')], error: { message: 'syntax error at or near "x"', offset: 7 } },
  });
  assert.equal(decision.effect, 'deny');
  assert.deepEqual(decision.reasons.map(({ code, span }) => [code, span]), [['unparsed', { start: 7, end: 8 }]]);
});

test('an empty text is refused, not treated as a read of nothing', () => {
  assert.equal(summary({ ...input([], 'elevated', 'run') }), 'deny empty');
});

test('every dialect meets the same rules', () => {
  for (const dialect of ['mysql', 'mariadb'] as const) {
    const as = (from: DecisionInput) => summary({ ...from, verdict: { ...from.verdict, dialect } });
    assert.equal(as(input([of('read')], 'readOnly', 'run')), 'read', dialect);
    assert.equal(as(input([of('write')], 'readOnly', 'run')), 'deny needs-elevation', dialect);
    assert.equal(as(input([of('ddl', { canPreview: false, implicitCommit: true, tags: ['implicit_commit'] })], 'elevated', 'run')), 'consent-first consent+typed-confirmation', dialect);
    assert.equal(as(input([of('ddl', { canPreview: false, implicitCommit: true, tags: ['implicit_commit'] })], 'development', 'run')), 'direct', dialect);
  }
});

test('typed confirmation can be switched off, consent cannot', () => {
  const base = input([of('destructive')], 'preview', 'run');
  assert.equal(summary({ ...base, policy: { ...base.policy, typedConfirmation: false } }), 'change consent');
});

function input(statements: readonly ClassifiedStatement[], where: Where, mode: 'run' | 'preview'): DecisionInput {
  const production = where !== 'development';
  return {
    verdict: verdict(...statements),
    connection: { name: 'shop', environment: production ? 'production' : 'development', protected: production },
    policy: {
      access: where === 'preview' || where === 'blocked' ? where : 'readOnly',
      elevated: where === 'elevated',
      typedConfirmation: true,
    },
    mode,
  };
}

function summary(from: DecisionInput): string {
  const decision = decide(from);
  if (decision.effect === 'deny') return `deny ${[...new Set(decision.reasons.map(({ code }) => code))].join('+')}`;
  if (decision.path === 'read' || decision.path === 'direct') return decision.path;
  return [decision.path, decision.obligations.map(({ kind }) => kind).join('+')].filter(Boolean).join(' ');
}

test('a query that may be more than a read is refused with what makes it doubtful', () => {
  const reasons = [{ code: 'user-function', message: 'lower may run public.lower(text), a function made by a user' }];
  const [reason] = refusals(of('unknown', { returnsRows: true, reasons }));
  assert.match(reason ?? '', /^Nothing was sent: \S+ is read-only, and this may be more than a read\. lower may run public\.lower\(text\), a function made by a user\. Use “Allow/);
  assert.match(refusals(of('write', { reasons }))[0] ?? '', /is read-only\. Use/);
});

function refusals(statement: ClassifiedStatement): readonly string[] {
  const decision = decide(input([statement], 'readOnly', 'run'));
  return decision.effect === 'deny' ? decision.reasons.map(({ message }) => message) : [];
}
