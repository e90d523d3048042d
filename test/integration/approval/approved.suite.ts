/** What others confirmed is what is committed, and nothing else is: the same scenes on every kind of database, told by its contents. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { ClaimDesk, Filing, PendingRequest } from '../../../src/app/approvalPorts.ts';
import type { OpenChange, Session } from '../../../src/app/ports.ts';
import type { ApprovedEnd } from '../../../src/app/runApproved.ts';
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import type { EventBody } from '../../../src/core/audit/chain.ts';
import { verifyApprovals } from '../../../src/core/audit/verifyApprovals.ts';
import { statement } from '../../fakes/statements.ts';
import { stream } from '../../support/audit/streams.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { team } from '../../support/confirmation/people.ts';
import { usualRule, type Bent, type World } from '../../support/confirmation/world.ts';
import { contents, createStage, deleteOld, type Scene, type Subject } from './subjects.ts';

const minute = 60_000;

/** `committed`, `drifted`, `rejected`, `waiting 1 self-approval`, `refused target-differs`, `failed sql`. */
export function summary(end: ApprovedEnd): string {
  switch (end.kind) {
    case 'waiting':
      return ['waiting', String(end.missing), ...end.results.flatMap((result) => (result.kind === 'not-counted' ? [result.code] : []))].join(' ');
    case 'rejected':
      return 'rejected';
    case 'refused':
      return `refused ${end.code}`;
    case 'reviewed':
      return `reviewed ${end.isRight ? 'right' : 'wrong'}`;
    case 'ran':
      return [end.outcome.kind, ...(end.code === undefined ? [] : [end.code])].join(' ');
  }
}

type Act = (scene: Scene, entry: PendingRequest) => Promise<ApprovedEnd>;
type Row = readonly [name: string, act: Act, ended: string, state: PendingRequest['state'], options?: { readonly rules?: (typeof usualRule)[]; readonly filing?: (filing: Filing) => Partial<Filing>; /** What `audit verify` has against it. */ readonly verified?: readonly string[] }];

const approve: Act = async ({ world }, entry) => {
  await world.deliver(entry, await world.answer(entry, 'bob'));
  return await world.run(entry);
};
/** With the answer of Bob there, and something bent. */
const approvedAnd = (bend: (scene: Scene, entry: PendingRequest) => Promise<Bent | void> | Bent | void): Act => async (scene, entry) => {
  await scene.world.deliver(entry, await scene.world.answer(entry, 'bob'));
  return await scene.world.run(entry, (await bend(scene, entry)) ?? {});
};
const answered = (make: (world: World, entry: PendingRequest) => Promise<readonly unknown[]>): Act => async ({ world }, entry) => {
  await world.deliver(entry, ...(await make(world, entry)));
  return await world.run(entry);
};
const meanwhile = (...statements: readonly string[]): Act => approvedAnd(async ({ subject }) => {
  for (const statement of statements) await subject.query(statement);
});
/** Filing whose desk is bent. */
const withDesk = (world: World, bend: (desk: ClaimDesk) => Partial<ClaimDesk>): Bent => ({
  approvals: { filing: { ...world.filing, desk: (server) => ({ ...world.filing.desk(server), ...bend(world.filing.desk(server)) }) } },
});
/** Something happens once it has run again, before it is committed. */
const whileItRuns = (session: Session, happen: () => Promise<void>): Session => ({
  ...session,
  async beginChange(request) {
    const start = await session.beginChange(request);
    if (start.kind !== 'open') return start;
    const change: OpenChange = { ...start.change, fingerprint: async () => (await happen(), (await start.change.fingerprint?.()) ?? { kind: 'none', reason: 'none' }) };
    return { kind: 'open', change };
  },
});
const setSomething = async ({ session, subject }: Scene): Promise<void> => {
  const end = await session.execute({ statement: statement(subject.setting, 'session'), sink: { columns: () => undefined, rows: () => undefined, notice: () => undefined }, rowLimit: 1, byteLimit: 1000, statementTimeoutMs: 5000, signal: new AbortController().signal });
  assert.equal(end.kind, 'done', JSON.stringify(end));
};
const flipped = (envelope: Envelope): Envelope => {
  const bytes = parseB64u(envelope.payload) ?? new Uint8Array(0);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  return { ...envelope, payload: b64u(bytes) };
};
const two = { ...usualRule, approvals: 2 };

const rows: readonly Row[] = [
  ['approved', approve, 'committed', 'committed'],
  ['approved, where nothing but counts is compared', approve, 'committed', 'committed', { rules: [{ ...usualRule, effectMatch: 'counts' }] }],
  ['nobody answered', async ({ world }, entry) => await world.run(entry), 'waiting 1', 'waiting'],
  ['rejected', answered(async (world, entry) => [await world.answer(entry, 'bob', { decision: 'reject' })]), 'rejected', 'rejected'],
  ['approved, then rejected', answered(async (world, entry) => [await world.answer(entry, 'bob'), await world.answer(entry, 'carol', { decision: 'reject' })]), 'rejected', 'rejected'],
  ['rejected, then approved', answered(async (world, entry) => [await world.answer(entry, 'bob', { decision: 'reject' }), await world.answer(entry, 'bob')]), 'rejected', 'rejected'],
  ['the same answer three times', answered(async (world, entry) => Array(3).fill(await world.answer(entry, 'bob')) as unknown[]), 'committed', 'committed'],
  ['two persons where two are asked for', answered(async (world, entry) => [await world.answer(entry, 'bob'), await world.answer(entry, 'carol')]), 'committed', 'committed', { rules: [two] }],
  ['one person twice where two are asked for', answered(async (world, entry) => [await world.answer(entry, 'bob'), await world.answer(entry, 'bob', { comment: 'again' })]), 'waiting 1', 'waiting', { rules: [two] }],
  ['one’s own second key', answered(async (world, entry) => [await world.answer(entry, 'alice', {}, [world.keys.aliceToo])]), 'waiting 1 self-approval', 'waiting'],
  ['one’s own second key in another’s name', answered(async (world, entry) => [await world.answer(entry, 'bob', {}, [world.keys.aliceToo])]), 'waiting 1 not-key-owner', 'waiting'],
  ['an answer to another request', async ({ world }, entry) => {
    const other = await world.asked('DELETE FROM people');
    await world.deliver(entry, await world.answer(other, 'bob'));
    return await world.run(entry);
  }, 'waiting 1 other-request', 'waiting'],
  ['seventeen signatures', answered(async (world, entry) => {
    const answer = await world.answer(entry, 'bob');
    return [{ ...answer, signatures: Array(17).fill(answer.signatures[0]) as Envelope['signatures'] }];
  }), 'waiting 1 too-many-signatures', 'waiting'],
  ['an answer that was changed', answered(async (world, entry) => [flipped(await world.answer(entry, 'bob'))]), 'waiting 1 webauthn-challenge', 'waiting'],
  ['an answer without its signature', answered(async (world, entry) => [{ ...(await world.answer(entry, 'bob')), signatures: [] }]), 'waiting 1 key-unknown', 'waiting'],
  ['rubbish and an answer', answered(async (world, entry) => ['', null, 7, { payloadType: 'x' }, await world.answer(entry, 'bob')]), 'committed', 'committed'],
  ['another member’s key in Bob’s name', answered(async (world, entry) => [await world.answer(entry, 'bob', {}, [world.keys.carol])]), 'waiting 1 not-key-owner', 'waiting'],
  ['too late', approvedAnd(({ world }) => void (world.ahead = 16 * minute)), 'refused request-expired', 'expired'],
  ['an answer that has run out', answered(async (world, entry) => [await world.answer(entry, 'bob', { expires: Date.now() - 1 })]), 'waiting 1 decision-expired', 'waiting'],
  ['its time is over between approval and claim', approvedAnd(({ world }) => withDesk(world, (desk) => ({
    async claim(id, act) {
      world.ahead = 16 * minute;
      return await desk.claim(id, act);
    },
  }))), 'refused approval-withdrawn', 'failed'],
  ['a clock four minutes ahead', approvedAnd(({ world }) => void (world.ahead = 4 * minute)), 'committed', 'committed'],
  ['a clock four minutes behind', approvedAnd(({ world }) => void (world.ahead = -4 * minute)), 'committed', 'committed'],
  ['a clock six minutes ahead', approvedAnd(({ world }) => void (world.ahead = 6 * minute)), 'refused claim-clock', 'waiting'],
  ['a clock six minutes behind', approvedAnd(({ world }) => void (world.ahead = -6 * minute)), 'waiting 1 time-ahead', 'waiting'],
  ['the same number of other rows', meanwhile("UPDATE people SET state = 'new' WHERE id = 3", "UPDATE people SET state = 'old' WHERE id = 6"), 'rolled-back effect-changed', 'drifted'],
  ['other values in the same rows', meanwhile("UPDATE people SET name = 'precious' WHERE id = 2"), 'rolled-back effect-changed', 'drifted'],
  ['a new child below a doomed row', meanwhile('INSERT INTO orders VALUES (9, 3, 90)'), 'rolled-back effect-changed', 'drifted'],
  ['fewer rows', meanwhile('DELETE FROM people WHERE id = 3'), 'rolled-back effect-changed', 'drifted'],
  ['a new column', meanwhile('ALTER TABLE people ADD extra int'), 'rolled-back effect-changed', 'drifted'],
  ['other values, where only counts are compared', meanwhile("UPDATE people SET name = 'precious' WHERE id = 2"), 'committed', 'committed', { rules: [{ ...usualRule, effectMatch: 'counts' }] }],
  ['fewer rows, where at most so many are approved', meanwhile('DELETE FROM people WHERE id = 3'), 'committed', 'committed', { rules: [{ ...usualRule, effectMatch: 'atMost' }] }],
  ['more rows, where at most so many are approved', meanwhile("UPDATE people SET state = 'old' WHERE id = 6"), 'rolled-back effect-changed', 'drifted', { rules: [{ ...usualRule, effectMatch: 'atMost' }] }],
  ['changes elsewhere', meanwhile('UPDATE orders SET total = 41 WHERE id = 4', "UPDATE people SET name = 'eva' WHERE id = 5"), 'committed', 'committed'],
  ['another text under the same request', approvedAnd(async ({ world }, { id }) => void (await world.pending.change(id, { text: 'DELETE FROM people' }))), 'refused statement-differs', 'failed'],
  ['another body under the same signature', approvedAnd(async ({ world }, { id, body }) => void (await world.pending.change(id, { body: Uint8Array.from(Buffer.from(Buffer.from(body).toString().replace("state = 'old'", "state = 'new'"))) }))), 'refused request-unsigned', 'failed'],
  ['a request nobody signed', approvedAnd(async ({ world }, { id, envelope }) => void (await world.pending.change(id, { envelope: { ...envelope, signatures: [] } }))), 'refused request-unsigned', 'failed'],
  ['a replica, or a copy behind another name', approvedAnd(({ subject }) => ({ order: { connection: { ...subject.profile, host: 'replica' } } })), 'refused target-differs', 'waiting'],
  ['another profile on the same server', approvedAnd(({ subject }) => ({ order: { connection: { ...subject.profile, name: 'copy' } } })), 'refused target-differs', 'waiting'],
  ['production that calls itself staging', approvedAnd(({ subject }) => ({ order: { connection: { ...subject.profile, environment: 'staging' } } })), 'refused target-differs', 'waiting'],
  ['another setting of the session', approvedAnd(async (scene) => {
    await setSomething(scene);
  }), 'refused target-differs', 'waiting'],
  ['another setting, seen in the transaction only', approvedAnd(async (scene) => {
    const { session } = scene;
    const place = await session.place?.();
    await setSomething(scene);
    scene.session = { ...session, place: () => Promise.resolve(place) };
  }), 'refused target-differs', 'failed'],
  ['the team was changed', approvedAnd(async ({ world }) => await world.rotate({})), 'refused team-changed', 'failed'],
  ['the approver was revoked', approvedAnd(async ({ world }) => await world.rotate({ revoked: ['bob'] })), 'refused team-changed', 'failed'],
  ['the approver left while it ran', approvedAnd(({ world, ...scene }, _entry) => ({ ports: { sessions: { acquire: () => Promise.resolve({ kind: 'open', session: whileItRuns(scene.session, async () => await world.rotate({ without: ['bob'] })) }) } } })), 'refused approval-withdrawn', 'failed'],
  ['rejected while it ran', approvedAnd(({ world, ...scene }, entry) => ({ ports: { sessions: { acquire: () => Promise.resolve({ kind: 'open', session: whileItRuns(scene.session, async () => await world.deliver(entry, await world.answer(entry, 'carol', { decision: 'reject' }))) }) } } })), 'refused approval-withdrawn', 'failed'],
  ['a team file that is not signed', approvedAnd(({ world }) => void (world.team = { kind: 'refused', code: 'team-unsigned' })), 'refused team-unsigned', 'waiting'],
  ['an older team file', approvedAnd(({ world }) => void (world.team = { kind: 'refused', code: 'team-rolled-back' })), 'refused team-rolled-back', 'waiting'],
  ['no team file', approvedAnd(({ world }) => void (world.team = undefined)), 'refused team-missing', 'waiting'],
  ['in a window that has another team', approvedAnd(async ({ world }) => void (world.team = { kind: 'accepted', team: await team([{ id: 'alice', keys: [world.keys.alice] }, { id: 'bob', keys: [world.keys.bob] }], { team: 'billing' }) })), 'refused team-other', 'waiting'],
  ['the key that asked cannot be read now', approvedAnd(({ world }) => ({ approvals: { team: { state: () => Promise.resolve(world.team), self: () => Promise.resolve(undefined) } } })), 'refused key-missing', 'waiting'],
  ['blocked meanwhile', approvedAnd(({ world }) => ({ order: { policy: { access: 'blocked', elevated: false, typedConfirmation: true, confirmation: { team: { kind: 'accepted', rules: teamOf(world).body.policy.confirmations } } } } })), 'refused access-blocked', 'waiting'],
  ['read-only again meanwhile: the approval stands for it', approvedAnd(({ world }) => ({ order: { policy: { access: 'readOnly', elevated: false, typedConfirmation: true, confirmation: { team: { kind: 'accepted', rules: teamOf(world).body.policy.confirmations } } } } })), 'committed', 'committed'],
  ['the wish was taken back meanwhile: asked is asked', async (scene, entry) => await approvedAnd(() => ({ order: { policy: { access: 'preview', elevated: false, typedConfirmation: true, confirmation: { wish: 'never', team: { kind: 'accepted', rules: [] } } } } }))(scene, entry), 'committed', 'committed'],
  ['cancelled', approvedAnd(async ({ world }, { id }) => void (await world.pending.change(id, { state: 'cancelled' }))), 'refused request-over', 'cancelled'],
  ['run before', async (scene, entry) => {
    assert.equal(summary(await approve(scene, entry)), 'committed');
    await scene.subject.query("INSERT INTO people VALUES (7, 'gus', 'old')");
    return await scene.world.run(entry);
  }, 'refused request-over', 'committed'],
  ['nothing can be recorded', approvedAnd(({ world }) => void (world.failing = ['decision'])), 'refused not-recorded', 'waiting'],
  ['the claim cannot be recorded', approvedAnd(({ world }) => void (world.failing = ['claim'])), 'refused not-recorded', 'waiting'],
  ['the commit cannot be recorded', approvedAnd(({ world }) => void (world.failing = ['commit-intent'])), 'failed', 'failed'],
  ['no other machine takes the record the team asks for', approvedAnd(({ world }) => void (world.receipts = false)), 'refused not-recorded', 'waiting', { rules: [{ ...usualRule, audit: 'receipt' }] }],
  ['no other machine takes records, and nobody asks for it', approvedAnd(({ world }) => void (world.receipts = false)), 'committed', 'committed'],
  ['a claim that cannot be recorded is not lost', async (scene, entry) => {
    scene.world.failing = ['claim'];
    assert.equal(summary(await approve(scene, entry)), 'refused not-recorded');
    scene.world.failing = [];
    return await scene.world.run(entry);
  }, 'committed', 'committed'],
  ['one that is not kept here', async ({ world }) => await world.run({ id: 'r_AAAAAAAAAAAAAAAA' }), 'refused request-unknown', 'waiting'],
  ['what is kept cannot be opened', approvedAnd(({ world }) => ({ approvals: { pending: { ...world.pending, get: () => Promise.reject(new Error('the key is gone')) } } })), 'refused not-kept', 'waiting'],
  ['the records of this machine cannot be read', approvedAnd(() => ({ ports: { ranBefore: () => Promise.reject(new Error('no permission')) } })), 'refused not-kept', 'waiting'],
  ['what is in force now lets nothing be confirmed', approvedAnd(() => ({ order: { policy: { access: 'preview', elevated: false, typedConfirmation: true, confirmation: { team: { kind: 'refused', code: 'team-expired' } } } } })), 'refused not-permitted', 'waiting'],
  ['another change of the document is open', approvedAnd(({ session }) => ({ ports: { sessions: { acquire: () => Promise.resolve({ kind: 'open', session: { ...session, transactionState: () => 'open' } }) } } })), 'refused session-busy', 'waiting'],
  ['a server that does not say which one it is', approvedAnd(({ session }) => ({ ports: { sessions: { acquire: () => Promise.resolve({ kind: 'open', session: { ...session, place: () => Promise.resolve(undefined) } }) } } })), 'refused target-unknown', 'waiting'],
  ['the server is gone', approvedAnd(async ({ world }) => await world.server.close()), 'refused claim-unreachable', 'waiting'],
  ['the server says it was claimed before', approvedAnd(({ world }) => withDesk(world, () => ({ claim: () => Promise.resolve({ kind: 'refused', code: 'claimed', message: 'taken' }) }))), 'refused claimed-before', 'failed'],
  ['the server closed it', approvedAnd(({ world }) => withDesk(world, () => ({ claim: () => Promise.resolve({ kind: 'refused', code: 'closed', message: 'closed' }) }))), 'refused claim-refused', 'waiting'],
  ['the answer to the claim was lost', approvedAnd(({ world }) => withDesk(world, (desk) => ({
    async claim(id, act) {
      await desk.claim(id, act);
      return { kind: 'unreachable', message: 'the line broke' };
    },
  }))), 'refused claim-unreachable', 'waiting'],
  ['the answer to the claim was lost, and it is asked for again', async (scene, entry) => {
    const { world } = scene;
    await world.deliver(entry, await world.answer(entry, 'bob'));
    const lost = withDesk(world, (desk) => ({
      async claim(id, act) {
        await desk.claim(id, act);
        return { kind: 'unreachable', message: 'the line broke' };
      },
    }));
    assert.equal(summary(await world.run(entry, lost)), 'refused claim-unreachable');
    return await world.run(entry);
  }, 'committed', 'committed'],
  ['a claim that never arrived and has grown old', async (scene, entry) => {
    const { world } = scene;
    await world.deliver(entry, await world.answer(entry, 'bob', { time: Date.now() - 9 * minute }));
    world.ahead = -8 * minute;
    assert.equal(summary(await world.run(entry, withDesk(world, () => ({ claim: () => Promise.resolve({ kind: 'unreachable', message: 'no line' }) })))), 'refused claim-unreachable');
    world.ahead = 0;
    return await world.run(entry);
  }, 'committed', 'committed'],
  ['no server at all', approve, 'committed', 'committed', { filing: () => ({ file: () => Promise.resolve({ problem: 'none is set' }) }) }],
  ['no server at all, twice', async (scene, entry) => {
    assert.equal(summary(await approve(scene, entry)), 'committed');
    return await scene.world.run(entry);
  }, 'refused request-over', 'committed', { filing: () => ({ file: () => Promise.resolve({ problem: 'none is set' }) }) }],
  ['two windows at once', async (scene, entry) => await twoAtOnce(scene, entry), 'committed', 'committed', { verified: ['claim'] }],
];

/** Of what cannot be opened there is nothing to say. */
const nothingToRecord: ReadonlySet<string> = new Set(['one that is not kept here', 'what is kept cannot be opened']);

function teamOf({ team }: World): Team {
  if (team?.kind !== 'accepted') throw new Error('no team');
  return team.team;
}

/** Of people and orders, without the old and what is theirs. */
function withoutOld(text: string): string {
  const lines = text.split('; ');
  const old = new Set(lines.filter((line) => line.endsWith(' old')).map((line) => line.split(' ')[0]));
  return lines.filter((line) => !line.endsWith(' old') && !(/^\d+ \d+ \d+$/.test(line) && old.has(line.split(' ')[1]))).join('; ');
}

/** Two windows, each with its own session, and a server that gives the request to whoever asks. */
async function twoAtOnce({ world, subject }: Scene, entry: PendingRequest): Promise<ApprovedEnd> {
  await world.deliver(entry, await world.answer(entry, 'bob'));
  const sessions = await Promise.all([subject.openSession(), subject.openSession()]);
  const generous = withDesk(world, () => ({ claim: (_id, act) => Promise.resolve({ kind: 'ok', value: act }) }));
  const ends = await Promise.all(sessions.map(async (session) => await world.run(entry, { ...generous, ports: { sessions: { acquire: () => Promise.resolve({ kind: 'open', session }) } } })));
  await Promise.all(sessions.map(async (session) => await session.close()));
  assert.deepEqual(ends.map(({ kind }) => kind).toSorted(), ['ran', 'refused'], ends.map(summary).join(', '));
  return ends.find(({ kind }) => kind === 'ran') ?? assert.fail();
}

export function describeApproved(name: string, open: () => Promise<Subject>, skip: string | false): void {
  const stage = createStage(open);
  describe(`${name}: asked of others`, { skip }, () => {
    after(async () => await stage.end());
    for (const [what, act, ended, state, options = {}] of rows) {
      test(`${what}: ${ended}`, async () => {
        const scene = await stage.scene(options.rules ? { rules: options.rules } : {});
        const { world, subject } = scene;
        const entry = await world.asked(deleteOld, options.filing ? { approvals: { filing: { ...world.filing, ...options.filing(world.filing) } } } : {});
        const teamThen = teamOf(world);
        const asked = world.records.length;
        let before = '';
        world.beforeRun = async () => void (before = await contents(subject));
        const end = await act(scene, entry);
        assert.equal(summary(end), ended, JSON.stringify(end));
        const now = await contents(subject);
        if (ended === 'committed') assert.equal(now, withoutOld(before), 'exactly what was approved is gone');
        else assert.equal(now, before, 'nothing was changed');
        assert.equal((await world.pending.get(entry.id))?.state, state);
        const commits = world.records.slice(asked).filter(({ kind, outcome }) => kind === 'outcome' && outcome === 'committed');
        assert.equal(commits.length, state === 'committed' ? 1 : 0);
        const verified = await verifyApprovals(crypto, stream(world.records.length, undefined, (index) => world.records[index] as unknown as EventBody), new Map([[teamThen.digest, teamThen]]));
        assert.deepEqual(verified.findings.map(({ problem }) => problem), options.verified ?? [], 'and the records alone say the same');
        assert.equal(verified.confirmed, options.verified ? 0 : commits.length);
        if (end.kind === 'refused' && !nothingToRecord.has(what) && end.code !== 'request-over' && end.code !== 'taken-elsewhere') assert.equal(world.records.at(-1)?.reason, end.code, 'and it is on record why');
      });
    }
  });
}
