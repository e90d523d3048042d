/** In an emergency, without others: what it takes, what it never does, and what others say afterwards. The same on every kind of database. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { PendingRequest } from '../../../src/app/approvalPorts.ts';
import type { Consent } from '../../../src/app/ports.ts';
import type { UndoStore } from '../../../src/app/undoPort.ts';
import { lacksReview } from '../../../src/app/askAfterwards.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import type { EventBody } from '../../../src/core/audit/chain.ts';
import { verifyApprovals } from '../../../src/core/audit/verifyApprovals.ts';
import { epochMs } from '../../../src/core/brand.ts';
import type { UndoEntry } from '../../../src/core/undo/kept.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { stream } from '../../support/audit/streams.ts';
import { summary } from './approved.suite.ts';
import { usualRule, type Bent } from '../../support/confirmation/world.ts';
import { contents, createStage, deleteOld, type Scene, type Subject } from './subjects.ts';

const minute = 60_000;
const allowed = { ...usualRule, breakGlass: true };
const reason = 'The shop is down and this row blocks every order';
/** Allowed, for something else. */
const definitions = { ...allowed, match: { env: 'production' as const, class: ['ddl' as const] } };
const strict = { access: 'preview', elevated: false, typedConfirmation: true } as const;
type Emergency = Extract<Consent, { kind: 'break-glass' }>;

function wish({ subject }: Scene, change: Partial<Emergency> = {}): Emergency {
  return { kind: 'break-glass', reason, typed: subject.profile.name, withoutUndo: true, ...change };
}

/** Alice's ways back, in memory. */
function undoStore(problem?: string): UndoStore & { readonly kept: Map<string, UndoEntry>; readonly confirmed: string[] } {
  const kept = new Map<string, UndoEntry>();
  const confirmed: string[] = [];
  return {
    kept,
    confirmed,
    keep: (entry) => (kept.set(entry.run, entry), Promise.resolve(problem === undefined ? { kind: 'kept', expiresAt: epochMs(Date.now() + minute) } : { kind: 'failed', reason: problem })),
    confirm: (run) => (confirmed.push(run), Promise.resolve()),
    discard: (run) => (kept.delete(run), Promise.resolve()),
  };
}

/** What the records alone say about everything that was committed: `broke-glass`, or what is only worth a note. */
async function verified({ world }: Scene, teams: readonly Team[]): Promise<readonly string[]> {
  const { findings } = await verifyApprovals(crypto, stream(world.records.length, undefined, (index) => world.records[index] as unknown as EventBody), new Map(teams.map((team) => [team.digest, team])));
  return findings.map(({ problem, suspicious, message }) => `${suspicious ? 'WRONG ' : ''}${problem}: ${message.split('; ').slice(1).join('; ') || message.split('. ').slice(1).join('. ')}`);
}

function teamOf({ world }: Scene): Team {
  return world.team?.kind === 'accepted' ? world.team.team : assert.fail('there is no team');
}

async function broken(scene: Scene, change: Partial<Emergency> = {}, bent: Bent = {}, text = deleteOld): Promise<PendingRequest> {
  scene.world.consents = [wish(scene, change)];
  return await scene.world.asked(text, bent);
}

type Act = (scene: Scene, entry: PendingRequest) => Promise<unknown>;
/** What is done with a request that Alice made in an emergency, how its run ends, and what it is then. Whatever is not `committed` changed nothing. */
type Row = readonly [name: string, act: Act, ended: string, state: PendingRequest['state']];
const rows: readonly Row[] = [
  ['she signs', async ({ world }, entry) => await world.deliver(entry, await world.consent(entry)), 'committed', 'committed'],
  ['the rows are others by now', async ({ world, subject }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    await subject.query("UPDATE people SET name = 'precious' WHERE id = 2");
  }, 'rolled-back effect-changed', 'drifted'],
  ['more rows would go by now', async ({ world, subject }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    await subject.query("UPDATE people SET state = 'old' WHERE id = 6");
  }, 'rolled-back effect-changed', 'drifted'],
];
/** Nothing of these depends on the database. */
const signatures: readonly Row[] = [
  ['nobody signs', () => Promise.resolve(), 'waiting 1', 'waiting'],
  ['the software key of her editor signs', async ({ world }, entry) => await world.deliver(entry, await world.consent(entry, {}, [world.keys.alice])), 'waiting 1 assurance', 'waiting'],
  ['another signs as her', async ({ world }, entry) => await world.deliver(entry, await world.consent(entry, {}, [world.keys.bob])), 'waiting 1 not-key-owner', 'waiting'],
  ['another signs', async ({ world }, entry) => await world.deliver(entry, await world.consent(entry, {}, [world.keys.bob], 'bob')), 'waiting 1 not-requester', 'waiting'],
  ['another approves', async ({ world }, entry) => await world.deliver(entry, await world.answer(entry, 'bob')), 'waiting 1 payload-type', 'waiting'],
  ['she signs a no', async ({ world }, entry) => await world.deliver(entry, await world.consent(entry, { decision: 'reject' })), 'waiting 1 not-requester', 'waiting'],
  ['she approves as if she were another', async ({ world }, entry) => await world.deliver(entry, await world.answer(entry, 'alice', {}, [world.keys.aliceToo])), 'waiting 1 payload-type', 'waiting'],
  ['what she signed was for another change', async (scene, entry) => {
    const other = await broken(scene, {}, {}, 'DELETE FROM people');
    await scene.world.deliver(entry, await scene.world.consent(other));
  }, 'waiting 1 other-request', 'waiting'],
  ['what she signed is bent to say that it was reviewed', async ({ world }, entry) => await world.deliver(entry, await world.consent(entry, { afterwards: entry.run })), 'waiting 1 other-request', 'waiting'],
  ['she signs too late', async ({ world }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    world.ahead = 16 * minute;
  }, 'refused request-expired', 'expired'],
  ['a new version of the team is in force', async ({ world }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    await world.rotate({ revoked: ['carol'] });
  }, 'refused team-changed', 'failed'],
  ['the team is not in force any more', async ({ world }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    world.team = { kind: 'refused', code: 'team-unsigned' };
  }, 'refused team-unsigned', 'waiting'],
  ['the record cannot be written', async ({ world }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    world.failing = ['break-glass'];
  }, 'refused not-recorded', 'waiting'],
  ['another window runs it at the same time', async ({ world }, entry) => {
    await world.deliver(entry, await world.consent(entry));
    assert.equal((await world.run(entry)).kind, 'ran');
  }, 'refused request-over', 'committed'],
];

/** Why Alice cannot even begin. */
const refusals: readonly (readonly [name: string, says: RegExp, change: Partial<Emergency>, bent?: Bent, options?: { readonly rules?: (typeof usualRule)[]; readonly before?: (scene: Scene) => Promise<void> | void }])[] = [
  ['where the rules do not allow it', /signed rules of the team do not allow it/u, {}, {}, { rules: [usualRule] }],
  ['where only her own settings ask for others', /signed rules of the team do not allow it/u, {}, { order: { policy: { ...strict, confirmation: { wish: 'allWrites', team: { kind: 'accepted', rules: [definitions] } } } } }, { rules: [definitions] }],
  ['without the name of the connection', /is not “/u, { typed: 'shop-pro' }],
  ['with a reason that says nothing', /20 characters/u, { reason: '  because            ' }],
  ['without knowing that there is no way back', /no way back/u, { withoutUndo: false }],
  ['where the way back cannot be kept', /no way back, because the disk is full\./u, { withoutUndo: false }, { ports: { undo: undoStore('the disk is full.') } }],
  ['as an agent', /never an agent/u, {}, { order: { actor: { kind: 'agent', osUser: 'alice', host: 'laptop' } } }],
  ['with no key that is strong enough', /you have none in the team file/u, {}, {}, { rules: [{ ...allowed, assurance: 'uv-local' }] }],
  ['when no endpoint takes the record', /no endpoint/u, {}, {}, { rules: [{ ...allowed, audit: 'receipt' }], before: ({ world }) => void (world.receipts = false) }],
  ['when somebody has just said no to the same', /rejected the same statement/u, {}, {}, {
    async before({ world }) {
      world.consents = [{ kind: 'ask-peer', reason, whom: ['bob'] }];
      const entry = await world.asked(` ${deleteOld} `);
      await world.deliver(entry, await world.answer(entry, 'bob', { decision: 'reject' }));
      assert.equal((await world.run(entry)).kind, 'rejected');
    },
  }],
  ['when the team file has expired', /team file has expired/u, {}, {}, { before: ({ world }) => void (world.ahead = 400 * 24 * 60 * minute) }],
];

/** @param everything - also what is the same on every database */
export function describeBreakGlass(name: string, open: () => Promise<Subject>, { skip, everything }: { readonly skip: string | false; readonly everything: boolean }): void {
  describe(`in an emergency, on ${name}`, { skip }, () => {
    const stage = createStage(open);
    after(async () => await stage.end());
    /** The same on every database, so it is looked at once. */
    const once = (title: string, scene: () => Promise<void>): void => {
      if (everything) test(title, scene);
    };

    for (const [what, act, ended, state] of everything ? [...rows, ...signatures] : rows) {
      test(`when ${what}: ${ended}`, async () => {
        const scene = await stage.scene({ rules: [allowed] });
        const { world, subject } = scene;
        const teamThen = teamOf(scene);
        const entry = await broken(scene);
        await act(scene, entry);
        const before = await contents(subject);
        const end = await world.run(entry);
        assert.equal(summary(end), ended);
        assert.equal((await world.pending.get(entry.id))?.state, state);
        assert.equal(await contents(subject) === before, ended !== 'committed', 'what the tables hold');
        if (ended === 'committed') assert.doesNotMatch(await contents(subject), /old/u);
        assert.deepEqual(await verified(scene, [teamThen]), state === 'committed' ? ['unreviewed: Nobody has reviewed it yet: somebody has to look at it'] : [], 'and the records alone say the same');
      });
    }

    for (const [what, says, change, bent = {}, { rules = [allowed], before } = {}] of everything ? refusals : []) {
      test(`it does not begin ${what}`, async () => {
        const scene = await stage.scene({ rules });
        const { world, subject } = scene;
        await before?.(scene);
        const held = await contents(subject);
        world.consents = [wish(scene, change)];
        const kept = (await world.pending.list()).length;
        const outcome = await world.ask(deleteOld, bent);
        assert.notEqual(outcome.kind, 'awaiting-confirmation');
        assert.match(world.refusals.join(' '), says);
        assert.equal((await world.pending.list()).length, kept);
        assert.equal(await contents(subject), held);
        assert.equal(world.records.some(({ kind }) => kind === 'break-glass' || kind === 'commit-intent'), false);
      });
    }

    once('a team that is not in force lets nothing begin, whatever its rules said', async () => {
      const scene = await stage.scene({ rules: [allowed] });
      scene.world.team = { kind: 'refused', code: 'team-unsigned' };
      scene.world.consents = [wish(scene)];
      assert.equal((await scene.world.ask(deleteOld)).kind, 'refused');
      scene.world.team = undefined;
      const own = { order: { policy: { ...strict, confirmation: { team: { kind: 'none' }, wish: 'allWrites' } } } } as const;
      assert.equal((await scene.world.ask(deleteOld, own)).kind, 'refused', 'and settings of one’s own can only demand');
    });

    once('rules that were tightened since count, not those it began with', async () => {
      const scene = await stage.scene({ rules: [allowed] });
      const { world } = scene;
      const entry = await broken(scene);
      await world.deliver(entry, await world.consent(entry));
      const { team } = world;
      assert.equal(team?.kind, 'accepted');
      if (team?.kind !== 'accepted') return;
      world.team = { kind: 'accepted', team: { ...team.team, body: { ...team.team.body, policy: { confirmations: [usualRule] } } } };
      assert.equal(summary(await world.run(entry)), 'refused no-break-glass');
    });

    test('the record stands before it runs, and again before it is final', async () => {
      const scene = await stage.scene({ rules: [{ ...allowed, audit: 'receipt' }] });
      const { world } = scene;
      const entry = await broken(scene);
      await world.deliver(entry, await world.consent(entry));
      world.receipts = false;
      assert.equal(summary(await world.run(entry)), 'refused not-recorded');
      assert.match(await contents(scene.subject), /old/u);
      world.receipts = true;
      const from = world.records.length;
      assert.equal(summary(await world.run(entry)), 'committed');
      assert.deepEqual(world.records.slice(from).map(({ kind }) => kind), ['claim', 'break-glass', 'intent', 'commit-intent', 'outcome', 'request']);
      const record = world.records.find(({ kind }) => kind === 'break-glass');
      assert.equal(record?.reason, reason);
      assert.equal(record.confirmation?.decisions?.length, 1);
      assert.deepEqual(record.effects?.map(({ table, deleted }) => [table.table, deleted]).toSorted(), [['orders', 3], ['people', 3]]);
    });

    test('the way back is kept, or it was known that there is none', async () => {
      const scene = await stage.scene({ rules: [allowed] });
      const { world } = scene;
      const undo = undoStore();
      const entry = await broken(scene, { withoutUndo: false }, { ports: { undo } });
      await world.deliver(entry, await world.consent(entry));
      const before = await contents(scene.subject);
      assert.equal(summary(await world.run(entry, { ports: { undo: undoStore('the disk is full.') } })), 'refused undo-differs');
      assert.equal(await contents(scene.subject), before);
      const again = await broken(scene, { withoutUndo: false }, { ports: { undo } });
      await world.deliver(again, await world.consent(again));
      assert.equal(summary(await world.run(again, { ports: { undo } })), 'committed');
      assert.deepEqual(undo.confirmed, [again.run]);
    });

    test('what cannot be undone or measured can be run all the same, by who knows it', async () => {
      const scene = await stage.scene({ rules: [{ ...allowed, match: { env: 'production' } }] });
      const { world, subject } = scene;
      const entry = await broken(scene, {}, {}, subject.alone);
      assert.equal(world.body(entry).effect, null);
      await world.deliver(entry, await world.consent(entry));
      assert.equal(summary(await world.run(entry)), 'committed');
    });

    once('a key in software is enough where the rules say so, and then no server hears of it', async () => {
      const scene = await stage.scene({ rules: [{ ...allowed, assurance: 'software' }] });
      const { world } = scene;
      const entry = await broken(scene, {}, { approvals: { filing: { ...world.filing, file: () => { throw new Error('nobody is asked'); } } } });
      assert.equal(entry.server, undefined);
      await world.deliver(entry, await world.consent(entry, {}, [world.keys.alice]));
      assert.equal(summary(await world.run(entry)), 'committed');
    });

    for (const [decision, ended, state] of [['approve', 'reviewed right', 'reviewed'], ['reject', 'reviewed wrong', 'rejected']] as const) {
      test(`afterwards others are asked about what was committed, and ${decision}`, async () => {
        const scene = await stage.scene({ rules: [allowed] });
        const { world, subject } = scene;
        const entry = await broken(scene);
        await world.deliver(entry, await world.consent(entry));
        const end = await world.run(entry);
        const review = end.kind === 'ran' ? await world.pending.get(end.review ?? '') : undefined;
        assert.ok(review?.server !== undefined, 'it waits for them at the server');
        const [emergency, asked] = [world.body(entry), world.body(review)];
        assert.deepEqual([asked.effect, asked.statements, asked.target, asked.preview, asked.afterwards?.run, asked.emergency], [emergency.effect, emergency.statements, emergency.target, emergency.preview, entry.run, undefined]);
        const held = await contents(subject);
        assert.equal(summary(await world.run(review)), 'waiting 1');
        await world.deliver(review, await world.answer(review, 'alice', {}, [world.keys.aliceToo]), await world.consent(review));
        assert.equal(summary(await world.run(review)), 'waiting 1 self-approval payload-type');
        // An answer to it in words that would let something run.
        await world.deliver(review, await world.answer(review, 'carol', { afterwards: 'another run' }));
        assert.equal(summary(await world.run(review)), 'waiting 1 self-approval payload-type other-request');
        world.ahead = 24 * 60 * minute;
        const late = world.ahead;
        world.ahead = 0;
        await world.deliver(review, await world.answer(review, 'bob', { decision, comment: 'seen' }));
        world.ahead = late;
        assert.equal(summary(await world.run(review)), ended, 'also when the answer is a day old');
        const record = world.records.at(-1);
        assert.deepEqual([record?.kind, record?.run, record?.reason, record?.confirmation?.decisions?.length], ['break-glass-review', entry.run, decision === 'approve' ? 'reviewed' : 'rejected', 1]);
        const all = await world.pending.list();
        assert.deepEqual(all.map((each) => each.state).toSorted(), ['committed', state].toSorted());
        assert.equal(all.some((each) => lacksReview(each, all)), false);
        assert.equal(await contents(subject), held, 'nothing ran because of it');
        assert.deepEqual(await verified(scene, [teamOf(scene)]), [`unreviewed: bob ${decision === 'approve' ? 'signed it off' : 'rejected it'} afterwards`]);
      });
    }

    once('it is asked anew when nobody could be asked, or the team has changed', async () => {
      const scene = await stage.scene({ rules: [allowed] });
      const { world } = scene;
      const entry = await broken(scene);
      await world.deliver(entry, await world.consent(entry));
      const end = await world.run(entry);
      assert.ok(end.kind === 'ran' && end.review !== undefined);
      const lacking = async (): Promise<readonly string[]> => {
        const all = await world.pending.list();
        return all.filter((each) => lacksReview(each, all)).map(({ id }) => id);
      };
      assert.deepEqual(await lacking(), []);
      await world.rotate({ revoked: ['carol'] });
      assert.equal(summary(await world.run({ id: end.review })), 'refused team-changed');
      assert.equal((await world.pending.get(end.review))?.state, 'failed');
      assert.deepEqual(await lacking(), [entry.id]);
      assert.equal(world.records.at(-1)?.kind, 'request', 'how it ended stands');
    });

    once('an objection afterwards keeps the glass whole for the same statement', async () => {
      const scene = await stage.scene({ rules: [allowed] });
      const { world } = scene;
      const entry = await broken(scene);
      await world.deliver(entry, await world.consent(entry));
      const end = await world.run(entry);
      const review = end.kind === 'ran' ? await world.pending.get(end.review ?? '') : undefined;
      assert.ok(review);
      await world.deliver(review, await world.answer(review, 'bob', { decision: 'reject' }));
      await world.run(review);
      await scene.subject.query("INSERT INTO people VALUES (9, 'gus', 'old')");
      world.consents = [wish(scene)];
      await world.ask(deleteOld);
      assert.match(world.refusals.join(' '), /rejected the same statement/u);
    });
  });
}
