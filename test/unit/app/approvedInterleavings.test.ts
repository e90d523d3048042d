/** Whatever happens in whatever order: at most one commit, only of what was approved, and never without a reason when there is none. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { PendingRequest } from '../../../src/app/approvalPorts.ts';
import type { ApprovedEnd } from '../../../src/app/runApproved.ts';
import { createStage, contents, deleteOld, type Scene } from '../../integration/approval/subjects.ts';
import { startSqlite } from '../../fakes/sqliteSession.ts';
import { createChance } from '../../support/confirmation/chance.ts';
import { testProfile } from '../../support/postgresSession.ts';

const profile = testProfile({ host: 'db-1', port: 5432, user: 'app', database: 'main' });
const stage = createStage(() => {
  const { query, session } = startSqlite();
  return Promise.resolve({ name: 'memory', profile, openSession: () => Promise.resolve(session()), query, setting: 'SET mode', alone: 'VACUUM' });
});
after(async () => await stage.end());

/** What has to hold for a commit, told apart from the code under test. */
type Model = { approved: boolean; rejected: boolean; drifted: boolean; rotated: boolean; expired: boolean; committed: number; isOver: boolean };
type Step = { readonly name: string; act(scene: Scene, entry: PendingRequest, model: Model): Promise<void> };

async function judge({ subject }: Scene, model: Model, run: () => Promise<readonly ApprovedEnd[]>): Promise<void> {
  const before = await contents(subject);
  const ends = await run();
  const commits = ends.filter((end) => end.kind === 'ran' && end.outcome.kind === 'committed').length;
  const mayCommit = model.approved && !model.rejected && !model.drifted && !model.rotated && !model.expired && !model.isOver;
  assert.ok(commits <= (mayCommit ? 1 : 0), `${JSON.stringify(model)} ${JSON.stringify(ends)}`);
  model.committed += commits;
  if (commits === 0) assert.equal(await contents(subject), before);
  // A run that was taken, and one that can never be, ends the request.
  if (ends.some((end) => end.kind === 'ran' || end.kind === 'rejected' || (end.kind === 'refused' && end.isOver))) model.isOver = true;
}

const steps: readonly Step[] = [
  { name: 'approve', async act({ world }, entry, model) {
    await world.deliver(entry, await world.answer(entry, 'bob'));
    model.approved = true;
  } },
  { name: 'approve again', act: async ({ world }, entry) => await world.deliver(entry, await world.answer(entry, 'alice', {}, [world.keys.aliceToo])) },
  { name: 'reject', async act({ world }, entry, model) {
    await world.deliver(entry, await world.answer(entry, 'carol', { decision: 'reject' }));
    model.rejected = true;
  } },
  { name: 'forge', act: async ({ world }, entry) => await world.deliver(entry, { ...(await world.answer(entry, 'bob')), payload: 'e30' }) },
  { name: 'drift', async act({ subject }, _entry, model) {
    await subject.query("UPDATE people SET name = name || '!' WHERE id = 2");
    model.drifted = true;
  } },
  { name: 'rotate', async act({ world }, _entry, model) {
    await world.rotate({});
    model.rotated = true;
  } },
  { name: 'expire', act({ world }, _entry, model) {
    world.ahead = 16 * 60_000;
    model.expired = true;
    return Promise.resolve();
  } },
  { name: 'run', act: async (scene, entry, model) => await judge(scene, model, async () => [await scene.world.run(entry)]) },
  { name: 'run, and the answer to the claim is lost', act: async (scene, entry, model) => await judge(scene, model, async () => {
    const { filing } = scene.world;
    const lossy = { ...filing, desk: (server: string) => ({ ...filing.desk(server), claim: async (...call: Parameters<ReturnType<typeof filing.desk>['claim']>) => {
      await filing.desk(server).claim(...call);
      return { kind: 'unreachable', message: 'the line broke' } as const;
    } }) };
    return [await scene.world.run(entry, { approvals: { filing: lossy } })];
  }) },
  { name: 'two windows run', act: async (scene, entry, model) => await judge(scene, model, async () => {
    const session = await scene.subject.openSession();
    return await Promise.all([scene.world.run(entry), scene.world.run(entry, { ports: { sessions: { acquire: () => Promise.resolve({ kind: 'open', session }) } } })]);
  }) },
];

test('random interleavings', async () => {
  let commits = 0;
  for (let seed = 1; seed <= 30; seed += 1) {
    const chance = createChance(seed);
    const scene = await stage.scene();
    const entry = await scene.world.asked(deleteOld);
    const model: Model = { approved: false, rejected: false, drifted: false, rotated: false, expired: false, committed: 0, isOver: false };
    const played: string[] = [];
    for (let length = 3 + chance.below(5); length > 0; length -= 1) {
      // What leads somewhere comes more often than what ends it.
      const step = chance.pick([...steps, ...steps.slice(0, 1), ...steps.slice(0, 1), ...steps.slice(-3), ...steps.slice(-3)]);
      played.push(step.name);
      await step.act(scene, entry, model).catch((thrown: unknown) => assert.fail(`seed ${String(seed)}: ${played.join(', ')}: ${String(thrown)}`));
    }
    assert.ok(model.committed <= 1, `seed ${String(seed)}: ${played.join(', ')}`);
    commits += model.committed;
  }
  assert.ok(commits >= 5, `only ${String(commits)} of them committed at all`);
});
