/** What others of the team did, from the team's log: theirs and not one's own, and in words why there is nothing to see. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTeamRecords } from '../../../src/editor/features/activity/teamRecords.ts';
import type { TeamInForce } from '../../../src/app/approvalPorts.ts';
import { summariseActivity } from '../../../src/core/audit/activity.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import { introduce, newLogClient, newTeam, patience, startLogServer, type LogServer, type Team } from '../../support/audit/logServer.ts';
import { systemClock as clock } from '../../support/clock.ts';
import { crypto, softwareKey, type OwnKey } from '../../support/confirmation/keys.ts';

describe('records of the team', () => {
  let folder = '';
  let team: Team;
  let log: LogServer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'team-records-'));
    team = await newTeam();
    log = await startLogServer(path.join(folder, 'log.sqlite'));
    await introduce(log, team);
    for (const [name, key] of [['alice', team.alice], ['bob', team.bob]] as const) {
      const client = await newLogClient(key);
      const delivery = await client.deliver(client.endpoint(log.origin));
      const actor = { kind: 'human', osUser: name, host: 'laptop' };
      const event = await client.spool.append({ kind: 'read', run: `run of ${name}`, time: clock.now(), actor, target: { connection: 'team:shop', environment: 'production', address: 'a@b:1/c' }, sql: `SELECT '${name}'`, outcome: 'read', rows: 1 });
      await delivery.waitFor(event, patience);
      await client.close();
    }
  });
  after(async () => {
    await log.close();
    await rm(folder, { recursive: true });
  });

  /** Alice, with one of her keys, or one that nobody knows. */
  async function standing(key: OwnKey): Promise<TeamInForce> {
    const state = await acceptTeam(crypto, undefined, [team.signed]);
    const member = state.kind === 'accepted' ? state.team.body.members.find(({ id }) => id === 'alice') : undefined;
    assert.ok(member);
    return { state: () => Promise.resolve(state), self: () => Promise.resolve({ member, signer: key.signer }) };
  }
  const records = async (key: OwnKey, url = log.origin, kind: 'countersign' | 'otlp' = 'countersign') => {
    const inForce = await standing(key);
    return createTeamRecords({ clock, endpoints: () => [{ name: 'log', kind, url }], team: () => Promise.resolve({ team: inForce, files: () => Promise.resolve([]) }) });
  };

  it('are those of the others', async () => {
    const read = await (await records(team.alice)).read();
    assert.ok(typeof read !== 'string', JSON.stringify(read));
    assert.deepEqual(summariseActivity(read).map(({ run, member, outcome }) => [run, member, outcome]), [['run of bob', 'bob', 'read']]);
  });

  it('are nobody’s business who is not known to the log, and of nobody where there is none', async () => {
    assert.equal(typeof (await (await records(await softwareKey())).read()), 'string');
    assert.equal(typeof (await (await records(team.alice, 'http://127.0.0.1:9')).read()), 'string');
    assert.equal((await records(team.alice, log.origin, 'otlp')).isThere(), false);
  });
});
