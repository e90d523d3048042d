/** A version of a team's file that is accepted on this machine is told once: it is recorded. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { createTeamPins } from '../../../../src/adapters/confirmation/teamPins.ts';
import { crypto, softwareKey } from '../../../support/confirmation/keys.ts';
import { team } from '../../../support/confirmation/people.ts';

it('is told when it is pinned, and not when it is pinned again, here or in another window', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'pins-'));
  try {
    const accepted = await team([{ id: 'alice', keys: [await softwareKey('alice')] }]);
    const told: number[] = [];
    const pins = createTeamPins(crypto, folder, ({ body }) => told.push(body.version));
    assert.equal(await pins.pin(accepted, {}), true);
    assert.equal(await pins.pin(accepted, {}), true);
    assert.equal(await createTeamPins(crypto, folder, ({ body }) => told.push(body.version)).pin(accepted, {}), true);
    assert.deepEqual(told, [1]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
