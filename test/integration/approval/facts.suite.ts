/** What a request says, what is on record about it, and what no transaction takes back. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { ApprovedEnd } from '../../../src/app/runApproved.ts';
import type { UndoStore } from '../../../src/app/undoPort.ts';
import { connectRelay } from '../../../src/adapters/confirmation/httpRelay.ts';
import { requestDigest } from '../../../src/core/approval/digest.ts';
import { linkKeys } from '../../../src/core/approval/seal.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { lenient } from '../../support/confirmation/people.ts';
import { createJournal } from '../../../src/adapters/audit/journal.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { systemClock } from '../../support/clock.ts';
import { createVault } from '../../support/confirmation/vault.ts';
import { contents, createStage, deleteOld, fill, type Subject } from './subjects.ts';

const kept: UndoStore = { keep: () => Promise.resolve({ kind: 'kept', expiresAt: epochMs(Date.now() + 60_000) }), confirm: () => Promise.resolve(), discard: () => Promise.resolve() };
const full: UndoStore = { ...kept, keep: () => Promise.resolve({ kind: 'failed', reason: 'the disk is full.' }) };

const codeOf = (end: ApprovedEnd): string => (end.kind === 'ran' ? (end.code ?? end.outcome.kind) : end.kind === 'refused' ? end.code : end.kind);

export function describeFacts(name: string, open: () => Promise<Subject>, skip: string | false): void {
  const stage = createStage(open);
  describe(`${name}: requests`, { skip }, () => {
    after(async () => await stage.end());

    test('say what was measured, where, and with which settings', async () => {
      const { world, subject } = await stage.scene();
      const body = world.body(await world.asked(deleteOld));
      assert.deepEqual([body.statements.map(({ sql }) => sql), body.requester, body.facts.environment, body.effect?.count], [[deleteOld], 'alice', 'production', 6]);
      assert.deepEqual([body.target.host, body.target.profile], [`${subject.profile.host}:${String(subject.profile.port)}`, subject.profile.name]);
      assert.ok(body.target.system !== '' && body.target.database !== '' && body.target.role !== '' && Object.keys(body.session).length > 0);
      const deleted = body.preview.tables.flatMap(({ changes }) => changes.map((change) => (change.kind === 'deleted' ? change.before.join(' ') : 'other')));
      assert.deepEqual(deleted.toSorted(), ['1 1 10', '1 ann old', '2 1 20', '2 ben old', '3 2 30', '3 cid old']);
      assert.ok(body.effect?.complete === true && body.effect.rows !== null, 'the very rows are bound');
    });

    test('an approved one that drifted is asked again, and says what is different', async () => {
      const { world, subject } = await stage.scene();
      const entry = await world.asked(deleteOld);
      await world.deliver(entry, await world.answer(entry, 'bob'));
      await subject.query('INSERT INTO orders VALUES (9, 3, 90)');
      const end = await world.run(entry);
      assert.ok(end.kind === 'ran' && end.outcome.kind === 'rolled-back', JSON.stringify(end));
      assert.match(end.outcome.differences?.join('\n') ?? '', /orders: 3 rows deleted were approved, now it is 4 rows deleted\.\nid 9: deleted now, and was not approved/);
      const record = world.records.find(({ kind }) => kind === 'effect-changed');
      assert.match(record?.confirmation?.differences?.join('\n') ?? '', /orders: 3 rows deleted were approved, now it is 4/);
      assert.ok(!(record?.confirmation?.differences ?? []).some((line) => line.includes('id 9')), 'no rows on record');

      const again = await world.asked(deleteOld, { order: { supersedes: entry.id } });
      const body = world.body(again);
      assert.equal(body.supersedes, await requestDigest(crypto, entry.body));
      assert.deepEqual(body.drift?.map(({ name: table, before, now }) => [table.split('.')[1], before?.del, now?.del]), [['orders', 3, 4]]);
      await world.deliver(again, await world.answer(entry, 'bob'));
      assert.equal(codeOf(await world.run(again)), 'waiting', 'the old approval does not fit');
      await world.deliver(again, await world.answer(again, 'carol'));
      assert.equal(codeOf(await world.run(again)), 'committed');
    });

    test('the record alone proves who approved what, and holds no row', async () => {
      const { world } = await stage.scene();
      const entry = await world.asked(deleteOld);
      await world.deliver(entry, await world.answer(entry, 'bob', { comment: 'fine with me' }), await world.answer(entry, 'alice', {}, [world.keys.aliceToo]));
      assert.equal(codeOf(await world.run(entry)), 'committed');
      const decision = world.records.find(({ kind }) => kind === 'decision')?.confirmation;
      assert.deepEqual(decision?.notCounted, ['self-approval']);
      assert.deepEqual([decision?.request, decision?.digest, decision?.requester], [entry.id, await requestDigest(crypto, entry.body), 'alice']);
      const team = world.team ?? assert.fail();
      const verdict = await verifyApproval(crypto, { request: entry.body, team, terms: lenient, envelopes: decision?.decisions ?? [], now: Date.now() });
      assert.deepEqual(verdict.kind === 'approved' && verdict.by.map(({ reviewer }) => reviewer), ['bob']);
      assert.ok(world.records.find(({ kind }) => kind === 'claim')?.confirmation?.receipt, 'and the server’s receipt');
      assert.ok(new Set(world.records.map(({ run }) => run)).size === 1, 'all records belong to one run');
      assert.doesNotMatch(JSON.stringify(world.records), /\bann\b|\bcid\b/);
    });

    test('carry what the log signed there and back', async () => {
      const { world } = await stage.scene();
      const heard: string[] = [];
      const log = { seen: () => Promise.resolve('as Alice was shown it'), heard: (note: string) => Promise.resolve(void heard.push(note)) };
      const entry = await world.asked(deleteOld, { approvals: { log } });
      assert.equal(world.body(entry).log, 'as Alice was shown it');
      await world.deliver(entry, await world.answer(entry, 'bob', { log: 'as Bob was shown it' }), await world.answer(entry, 'alice', { log: 'of no answer that counts' }, [world.keys.aliceToo]));
      assert.equal(codeOf(await world.run(entry, { approvals: { log } })), 'committed');
      assert.deepEqual(heard, ['as Bob was shown it']);
    });

    test('what is rejected is closed at the server', async () => {
      const { world } = await stage.scene();
      const entry = await world.asked(deleteOld);
      const { readToken } = await linkKeys(crypto, entry.id, entry.secret);
      const state = async () => {
        const answer = await connectRelay(crypto, world.origin).view({ id: entry.id, readToken });
        return answer.kind === 'ok' ? `${answer.value.state} ${answer.value.box === null ? 'empty' : 'sealed'}` : answer.kind;
      };
      assert.equal(await state(), 'open sealed');
      await world.deliver(entry, await world.answer(entry, 'bob', { decision: 'reject', comment: 'not on a Friday' }));
      assert.equal((await world.run(entry)).kind, 'rejected');
      assert.equal(await state(), 'closed empty');
      assert.equal((await world.pending.get(entry.id))?.note, 'not on a Friday');
    });

    for (const where of ['at a server', 'without one']) {
      test(`what was run stays run when what was kept of it comes back from a backup, ${where}`, async () => {
        const folder = await mkdtemp(path.join(tmpdir(), 'restored-'));
        const [requests, spooled] = [path.join(folder, 'requests'), path.join(folder, 'audit')];
        const spool = createSpool({ folder: spooled, clock: systemClock, start: () => ({}) });
        const { world, subject } = await stage.scene({ kept: { folder: requests, vault: createVault() }, journal: createJournal({ spool, clock: systemClock }), spool: spooled });
        try {
          const entry = await world.asked(deleteOld, where === 'at a server' ? {} : { approvals: { filing: { ...world.filing, file: () => Promise.resolve({ problem: 'none is set' }) } } });
          await world.deliver(entry, await world.answer(entry, 'bob'));
          await cp(requests, path.join(folder, 'backup'), { recursive: true });
          assert.equal(codeOf(await world.run(entry)), 'committed');
          for (const statement of fill) await subject.query(statement);
          const before = await contents(subject);
          await rm(requests, { recursive: true });
          await cp(path.join(folder, 'backup'), requests, { recursive: true });
          assert.equal((await world.pending.get(entry.id))?.state, 'waiting', 'it says that it waits');
          assert.equal(codeOf(await world.run(entry)), 'ran-before');
          assert.equal(await contents(subject), before);
          assert.equal((await world.pending.get(entry.id))?.state, 'failed');
        } finally {
          await spool.close();
          await rm(folder, { recursive: true });
        }
      });
    }

    test('approved with a way back, there must be one', async () => {
      const { world, subject } = await stage.scene();
      const entry = await world.asked(deleteOld, { ports: { undo: kept } });
      assert.equal(world.body(entry).facts.undo.kind, 'planned');
      const before = await contents(subject);
      await world.deliver(entry, await world.answer(entry, 'bob'));
      assert.equal(codeOf(await world.run(entry, { ports: { undo: full } })), 'undo-differs');
      assert.equal(await contents(subject), before);
    });

    test('approved without one, none is needed', async () => {
      const { world } = await stage.scene();
      const entry = await world.asked(deleteOld, { ports: { undo: full } });
      assert.equal(world.body(entry).facts.undo.kind, 'none');
      await world.deliver(entry, await world.answer(entry, 'bob'));
      assert.equal(codeOf(await world.run(entry, { ports: { undo: full } })), 'committed');
    });

    describe('what no transaction takes back', () => {
      test('is bound to text and place, runs once, and is on record', async () => {
        const { world, subject } = await stage.scene();
        const entry = await world.asked(subject.alone);
        assert.equal(world.body(entry).effect, null);
        await world.deliver(entry, await world.answer(entry, 'bob', { saw: { view: 'web', masked: false, effect: false } }));
        assert.equal(codeOf(await world.run(entry)), 'committed');
        assert.deepEqual(world.records.slice(-3).map(({ kind, outcome }) => [kind, outcome].filter(Boolean).join(' ')), ['intent', 'commit-intent', 'outcome committed']);
        assert.equal(codeOf(await world.run(entry)), 'request-over');
      });
      test('is not run in another place', async () => {
        const scene = await stage.scene();
        const { world, subject } = scene;
        const entry = await world.asked(subject.alone);
        await world.deliver(entry, await world.answer(entry, 'bob'));
        const place = await scene.session.place?.();
        let isFirst = true;
        scene.session = { ...scene.session, place: () => (isFirst ? ((isFirst = false), Promise.resolve(place)) : Promise.resolve(place && { ...place, system: 'another' })) };
        assert.equal(codeOf(await world.run(entry)), 'target-differs');
        assert.ok(!world.records.some(({ kind }) => kind === 'commit-intent'));
      });
      test('is not run when nobody approved', async () => {
        const { world, subject } = await stage.scene();
        const entry = await world.asked(subject.alone);
        assert.equal(codeOf(await world.run(entry)), 'waiting');
        assert.ok(!world.records.some(({ kind }) => kind === 'commit-intent'));
      });
    });
  });
}
