/** What others have to confirm, from every side it can be run from: nothing commits without them, and nothing is open meanwhile. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChangeStart, Consent, OpenChange } from '../../../src/app/ports.ts';
import type { RunRequest } from '../../../src/app/run.ts';
import { runStatement } from '../../../src/app/runStatement.ts';
import { parseRequest } from '../../../src/core/approval/request.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { fakeApprovals, type FakeApprovals } from '../../fakes/approvals.ts';
import { createFakes, fakeChange, preview, request, type Script } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';

const approvals = await fakeApprovals();
const unbounded = verdict(statement('delete from t', 'destructive'));
const vacuum = verdict(statement('vacuum t', 'admin', { canPreview: false, canRunInTransaction: false, targets: [{ table: 't', access: 'write' }] }));
const place = { system: '7/1', database: 'shop', role: 'app', session: { search_path: 'public' } };
const ask = (change: Partial<Extract<Consent, { kind: 'ask-peer' }>> = {}): Consent => ({ kind: 'ask-peer', reason: 'a customer asked', whom: ['bob'], ...change });
const commit = (typed: string): Consent => ({ kind: 'commit', typed });
const opens = (facts: Partial<OpenChange> = {}) => (log: string[]): ChangeStart => ({ kind: 'open', change: fakeChange(log, { place: () => Promise.resolve(place), ...facts }) });
const begun = ['acquire', 'audit:intent', 'begin'];
const shown = [...begun, 'rollback', 'review rehearsed', 'audit:preview', 'images'];

type Case = {
  readonly name: string;
  readonly script: Script;
  readonly request?: Partial<RunRequest>;
  /** Absent: nobody can be asked. */
  readonly approvals?: FakeApprovals;
  readonly outcome: string;
  readonly log: readonly string[];
};

const cases: readonly Case[] = [
  { name: 'asked: measured, rolled back, shown, recorded', script: { verdict: unbounded, starts: [opens()], consents: [ask()] }, approvals, outcome: 'awaiting-confirmation', log: [...shown, 'audit:request', 'end:awaiting-confirmation', 'audit:outcome'] },
  { name: 'Commit is not enough, whatever is typed', script: { verdict: unbounded, starts: [opens()], consents: [commit(''), commit('delete 3 rows'), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'rolled-back', log: [...shown, 'refuse', 'refuse', 'end:rolled-back', 'audit:outcome'] },
  { name: 'closed without asking', script: { verdict: unbounded, starts: [opens()], consents: [{ kind: 'roll-back', why: 'closed' }] }, approvals, outcome: 'rolled-back', log: [...shown, 'end:rolled-back', 'audit:outcome'] },
  { name: 'without a reason nobody is asked', script: { verdict: unbounded, starts: [opens()], consents: [ask({ reason: '  ' }), ask()] }, approvals, outcome: 'awaiting-confirmation', log: [...shown, 'refuse', 'audit:request', 'end:awaiting-confirmation', 'audit:outcome'] },
  { name: 'oneself is not asked', script: { verdict: unbounded, starts: [opens()], consents: [ask({ whom: ['alice'] }), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'rolled-back', log: [...shown, 'refuse', 'end:rolled-back', 'audit:outcome'] },
  { name: 'what cannot be recorded is not asked', script: { verdict: unbounded, starts: [opens()], consents: [ask(), { kind: 'roll-back', why: 'declined' }], failingRecords: ['request'] }, approvals, outcome: 'rolled-back', log: [...shown, 'refuse', 'end:rolled-back', 'audit:outcome'] },
  { name: 'a server that does not say which one it is', script: { verdict: unbounded, starts: [opens({ place: () => Promise.resolve(undefined) })], consents: [ask(), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'rolled-back', log: [...shown, 'refuse', 'end:rolled-back', 'audit:outcome'] },
  { name: 'where nobody can be asked nothing is begun', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'as Preview Changes', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { mode: 'preview' }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'as the way back of an earlier change', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { undoOf: 'r0' }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'as what is done instead of dropping', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { wayBack: { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [], leaves: [] } }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'as a request that takes the place of another', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { supersedes: 'r_AAAAAAAAAAAAAAAA' }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'by an agent', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { actor: { kind: 'agent', osUser: 'bot', host: 'laptop' } }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'without the typed confirmation setting', script: { verdict: unbounded, consents: [commit('')] }, request: { policy: { access: 'preview', elevated: true, typedConfirmation: false, confirmation: approvals.policy } }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'what nothing takes back', script: { verdict: vacuum, alone: { kind: 'done', rows: 0, commandTag: 'VACUUM' }, consents: [commit('vacuum t')] }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'what nothing takes back, typed', script: { verdict: vacuum, alone: { kind: 'done', rows: 0, commandTag: 'VACUUM' }, consents: [commit('vacuum t'), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'cancelled', log: ['acquire', 'audit:intent', 'inspect', 'ask “vacuum t”', 'refuse', 'end:cancelled', 'audit:outcome'] },
  { name: 'what the server calls irreversible only when it begins', script: { verdict: unbounded, start: { kind: 'irreversible', why: 'MyISAM.' }, alone: { kind: 'done', rows: 3, commandTag: 'DELETE' }, consents: [commit('delete'), commit('delete 3 rows'), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'cancelled', log: [...begun, 'inspect', 'ask “delete”', 'refuse', 'refuse', 'end:cancelled', 'audit:outcome'] },
  { name: 'the same where nobody can be asked', script: { verdict: unbounded, start: { kind: 'irreversible', why: 'MyISAM.' }, alone: { kind: 'done', rows: 3, commandTag: 'DELETE' }, consents: [commit('delete')] }, outcome: 'refused needs-confirmation', log: ['acquire', 'audit:outcome'] },
  { name: 'what was tried on a copy', script: { verdict: unbounded, start: { kind: 'costly', expectedRows: 1e7, statement: 0, trial: preview }, consents: [commit('delete 3 rows'), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'rolled-back', log: [...begun, 'review rehearsed', 'audit:preview', 'images', 'refuse', 'end:rolled-back', 'audit:outcome'] },
  { name: 'a team that is not believed', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { policy: { access: 'preview', elevated: true, typedConfirmation: true, confirmation: { wish: 'never', team: { kind: 'refused', code: 'team-unsigned' } } } }, approvals, outcome: 'refused needs-confirmation', log: ['audit:refused'] },
  { name: 'a wish without a team', script: { verdict: unbounded, consents: [commit('delete 3 rows')] }, request: { policy: { access: 'preview', elevated: true, typedConfirmation: true, confirmation: { wish: 'destructive', team: { kind: 'none' } } } }, approvals, outcome: 'refused needs-confirmation', log: ['audit:refused'] },
  { name: 'asking where nobody else has to confirm', script: { verdict: verdict(statement('delete from t where id < 4', 'write')), starts: [opens()], consents: [ask(), { kind: 'roll-back', why: 'declined' }] }, approvals, outcome: 'rolled-back', log: [...begun, 'review', 'audit:preview', 'images', 'refuse', 'rollback', 'end:rolled-back', 'audit:outcome'] },
];

describe('what others have to confirm', () => {
  for (const { name, script, request: changed, approvals: asking, outcome, log } of cases) {
    test(`${name}: ${outcome}`, async () => {
      const fakes = createFakes(script);
      const policy = { access: 'preview', elevated: false, typedConfirmation: true, confirmation: approvals.policy } as const;
      const ended = await runStatement(asking ? { ...fakes.ports, approvals: asking } : fakes.ports, request({ policy, ...changed }));
      assert.equal(summary(ended), outcome, JSON.stringify(ended));
      assert.deepEqual(fakes.log, log);
      assert.ok(!fakes.log.includes('commit') && !fakes.log.includes('run alone'));
    });
  }
});

describe('what is asked', () => {
  const asked = async (script: Partial<Script>, changed: Partial<RunRequest> = {}) => {
    const asking = await fakeApprovals();
    const { ports, records } = createFakes({ verdict: unbounded, starts: [opens()], consents: [ask({ ticket: 'OPS-1' })], ...script });
    const policy = { access: 'preview', elevated: false, typedConfirmation: true, confirmation: asking.policy } as const;
    const outcome = await runStatement({ ...ports, approvals: asking }, request({ policy, ...changed }));
    const [entry] = [...asking.kept.values()];
    const body = entry && parseRequest(entry.body);
    assert.ok(outcome.kind === 'awaiting-confirmation' && entry && body, JSON.stringify(outcome));
    return { outcome, entry, body, records };
  };

  test('holds the text, the place, the effect and the facts', async () => {
    const { body, entry } = await asked({});
    assert.deepEqual(body.statements, [{ sql: 'delete from t', params: [], class: 'destructive' }]);
    assert.deepEqual(body.target, { engine: 'postgresql', system: '7/1', database: 'shop', role: 'app', host: 'db-1:5432', profile: 'shop-prod' });
    assert.deepEqual([body.session, body.requester, body.origin, body.reason, body.ticket], [{ search_path: 'public' }, 'alice', 'human', 'a customer asked', 'OPS-1']);
    assert.deepEqual(body.effect, { tables: [{ name: 'public.t', ins: 0, upd: 0, del: 3, why: 'statement' }], rows: null, count: 3, complete: false });
    assert.deepEqual([entry.state, entry.run, entry.text, body.expires - body.created], ['waiting', 'r1', 'text', 15 * 60_000]);
  });
  test('binds the rows where all of them could be read', async () => {
    const { body } = await asked({ starts: [opens({ fingerprint: () => Promise.resolve({ kind: 'fingerprint', version: 1, tables: [], definitions: [], complete: true }) })] });
    assert.equal(body.effect?.complete, true);
    assert.match(body.effect?.rows ?? '', /^[\w-]{43}$/);
  });
  test('of what cannot run beforehand: no effect, and what is known', async () => {
    const { body } = await asked({ verdict: vacuum, alone: { kind: 'done', rows: 0, commandTag: '' } }, {});
    assert.equal(body.effect, null);
    assert.ok(body.facts.risks.some(({ text }) => text.startsWith('Cannot be rolled back:')), JSON.stringify(body.facts));
  });
  test('the record of it has digests and no rows', async () => {
    const { records, body } = await asked({ images: Promise.resolve([{ table: { schema: 'public', table: 't' }, columns: [{ name: 'v', type: 'text' }], key: [], changes: [{ kind: 'deleted', before: ['top secret'] }] }]) });
    const record = records.find(({ kind }) => kind === 'request');
    assert.deepEqual([record?.confirmation?.request, record?.confirmation?.requester, record?.confirmation?.whom, record?.confirmation?.ticket], [body.id, 'alice', ['bob'], 'OPS-1']);
    assert.ok(!JSON.stringify(records).includes('top secret'));
  });
  test('of an agent: the person behind it asks, and it says so', async () => {
    const { body } = await asked({}, { actor: { kind: 'agent', osUser: 'b\u00f6t', host: 'laptop' } });
    assert.deepEqual([body.origin, body.requester], ['agent:b_t', 'alice']);
  });
});

function summary(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused ${outcome.reasons.map(({ code }) => code).join('+')}` : outcome.kind;
}


const base = await fakeApprovals();

describe('when nobody can be asked, it is said why, and nothing is kept', () => {
  const never = () => Promise.reject(new Error('the disk is full'));
  const cases: readonly (readonly [name: string, facts: Partial<FakeApprovals>, why: RegExp])[] = [
    ['no team', { team: { ...base.team, state: () => Promise.resolve(undefined) } }, /There is no team to ask/],
    ['a team that is not believed', { team: { ...base.team, state: () => Promise.resolve({ kind: 'refused', code: 'team-rolled-back' }) } }, /older than the one that was accepted here before/],
    ['no key of one’s own', { team: { ...base.team, self: () => Promise.resolve(undefined) } }, /No key on this machine belongs to a member/],
    ['it cannot be kept', { pending: { ...base.pending, keep: never } }, /the disk is full/],
  ];
  for (const [name, facts, why] of cases) {
    test(name, async () => {
      const refusals: string[] = [];
      const { ports } = createFakes({ verdict: unbounded, starts: [opens()], consents: [ask(), { kind: 'roll-back', why: 'declined' }] });
      const reviewer: typeof ports.reviewer = { open: (wanted) => ({ ...ports.reviewer.open(wanted), refuse: (message) => refusals.push(message) }) };
      const outcome = await runStatement({ ...ports, reviewer, approvals: { ...base, ...facts } }, request({ policy: { access: 'preview', elevated: false, typedConfirmation: true, confirmation: base.policy } }));
      assert.equal(outcome.kind, 'rolled-back');
      assert.match(refusals.join('\n'), /^Nobody was asked, and nothing is open\. /);
      assert.match(refusals.join('\n'), why);
      assert.equal(base.kept.size, 0);
    });
  }
  test('asked, and where it is could not be noted: it travels as text', async () => {
    const asking = await fakeApprovals({ filing: { ...base.filing, file: () => Promise.resolve({ server: 'https://confirm.example.com' }) } });
    const { ports } = createFakes({ verdict: unbounded, starts: [opens()], consents: [ask()] });
    const outcome = await runStatement({ ...ports, approvals: { ...asking, pending: { ...asking.pending, change: never } } }, request({ policy: { access: 'preview', elevated: false, typedConfirmation: true, confirmation: asking.policy } }));
    assert.ok(outcome.kind === 'awaiting-confirmation' && outcome.link === undefined && outcome.problem !== undefined, JSON.stringify(outcome));
    assert.equal(asking.kept.size, 1);
  });
});
