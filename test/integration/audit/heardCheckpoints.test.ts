/** Checkpoints that people carry along with what they sign: what belongs to the same log is forgotten, whatever the sizes; the rest is not. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { createLogWord, readHeard } from '../../../src/adapters/audit/heardCheckpoints.ts';
import { logFolder } from '../../../src/adapters/audit/delivery/countersignKept.ts';
import { introduce, newLogClient, newTeam, patience, startLogServer, type LogClient, type LogServer, type Team } from '../../support/audit/logServer.ts';
import { crypto } from '../../support/confirmation/keys.ts';

let folder = '';
let team: Team;
let log: LogServer;
let alice: LogClient;
let bob: LogClient;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-heard-'));
  team = await newTeam();
  log = await startLogServer(path.join(folder, 'log.sqlite'));
  await introduce(log, team);
  [alice, bob] = [await newLogClient(team.alice), await newLogClient(team.bob)];
});
after(async () => {
  await Promise.all([alice.close(), bob.close()]);
  await log.close();
  await rm(folder, { recursive: true });
});

async function record(client: LogClient, count = 1): Promise<void> {
  const delivery = await client.deliver(client.endpoint(log.origin));
  for (let n = 0; n < count; n += 1) await delivery.waitFor(await client.spool.append({ kind: 'read', n }), patience);
  await delivery.close();
}
const wordOf = (client: LogClient) => createLogWord(crypto, client.folder);
const heardBy = async (client: LogClient): Promise<number> => (await readHeard(logFolder(client.folder, 'log'))).length;

it('there is none before anything was received', async () => {
  assert.equal(await wordOf(alice).seen(), undefined);
});

it('an older, an equal and a newer one of the same log are compared with the next delivery, and forgotten', async () => {
  await record(alice);
  const older = (await wordOf(alice).seen()) ?? assert.fail();
  await record(bob, 3);
  await wordOf(bob).heard(older);
  assert.equal(await heardBy(bob), 1);
  await record(bob);
  assert.equal(await heardBy(bob), 0);
  const newer = (await wordOf(bob).seen()) ?? assert.fail();
  await wordOf(alice).heard(newer);
  await wordOf(alice).heard(newer);
  assert.equal(await heardBy(alice), 1, 'said twice, kept once');
  await record(alice);
  assert.equal(await heardBy(alice), 0);
  assert.deepEqual([...alice.alarms, ...bob.alarms], []);
});

it('the newest is the one that is told', async () => {
  const size = (note: string | undefined): number => Number(note?.split('\n')[1]);
  const before = size(await wordOf(alice).seen());
  await record(alice);
  assert.ok(size(await wordOf(alice).seen()) > before);
});

it('what the log did not sign is nobody’s word', async () => {
  const own = (await wordOf(alice).seen()) ?? assert.fail();
  for (const note of [own.replace(/\n(\d+)\n/u, '\n7\n'), 'nonsense', '', `${own}${'x'.repeat(3000)}`]) await wordOf(alice).heard(note);
  assert.equal(await heardBy(alice), 0);
});
