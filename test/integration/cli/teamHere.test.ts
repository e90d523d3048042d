/** Whom the team file of a folder makes confirm, for the command line. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readOwnSettings } from '../../../src/adapters/ownSettings.ts';
import { teamHere } from '../../../src/cli/run/teamHere.ts';
import { softwareKey } from '../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { placeIn, putTeam, removeTeam } from '../../support/confirmation/teamFolder.ts';

describe('the team of a folder, for the command line', () => {
  let root = '';
  let repo = '';
  const stateHome = process.env['XDG_STATE_HOME'];
  const here = async (folder = repo) => (await teamHere(folder, {}, Date.now)).confirmation;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'countersign-cli-team-'));
    repo = path.join(root, 'repo');
    mkdirSync(path.join(repo, 'migrations'), { recursive: true });
    process.env['XDG_STATE_HOME'] = path.join(root, 'state');
  });
  afterEach(() => {
    if (stateHome === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = stateHome;
    rmSync(root, { recursive: true });
  });

  it('is none where there is no file, or one of connections only', async () => {
    assert.deepEqual(await here(), { team: { kind: 'none' } });
    mkdirSync(path.join(repo, '.countersign'));
    writeFileSync(placeIn(repo).file, '{ "version": 1, "connections": [] }');
    assert.deepEqual(await here(), { team: { kind: 'none' } });
  });

  it('is found from below, remembered, and refused when it was edited or is gone', async () => {
    const alice = await softwareKey();
    const signed = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }]), [alice]);
    putTeam(repo, signed);
    assert.deepEqual(await here(path.join(repo, 'migrations')), { team: { kind: 'accepted', rules: [] } });
    putTeam(repo, { ...signed, file: new Uint8Array([...signed.file, 0x0a]) });
    assert.deepEqual(await here(), { team: { kind: 'refused', code: 'team-unsigned', rules: [] } });
    removeTeam(repo, 'team.jsonc');
    assert.deepEqual(await here(path.join(repo, 'migrations')), { team: { kind: 'refused', code: 'team-missing', rules: [] } });
  });

  it('knows what the accepted file says of a database, after an edit too', async () => {
    const alice = await softwareKey();
    const shop = { name: 'shop', environment: 'production', host: 'db-1.example.com', user: 'app', database: 'shop' };
    const signed = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }], { connections: [shop] }), [alice]);
    const environments = async (): Promise<readonly string[]> => (await teamHere(repo, {}, Date.now)).signed.map(({ environment }) => environment);
    putTeam(repo, signed);
    assert.deepEqual(await environments(), ['production']);
    putTeam(repo, { ...signed, file: Uint8Array.from(Buffer.from(Buffer.from(signed.file).toString().replace('"production"', '"development"'))) });
    assert.deepEqual([await here(), await environments()], [{ team: { kind: 'refused', code: 'team-unsigned', rules: [] } }, ['production']]);
  });

  it('knows that the accepted file lets nothing run without a receipt, after an edit too', async () => {
    const alice = await softwareKey();
    const demanded = async (): Promise<boolean> => (await teamHere(repo, {}, Date.now)).receipts;
    assert.equal(await demanded(), false);
    const signed = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }], { audit: { logs: [], mode: 'receipt' } }), [alice]);
    putTeam(repo, signed);
    assert.equal(await demanded(), true);
    putTeam(repo, { ...signed, file: Uint8Array.from(Buffer.from(Buffer.from(signed.file).toString().replace('"receipt"', '"spool"'))) });
    assert.equal(await demanded(), true);
    removeTeam(repo, 'team.jsonc');
    assert.equal(await demanded(), true);
  });

  const wishes: readonly (readonly [setting: string, wish: string | undefined])[] = [['{}', undefined], ['{ "countersign.production.confirmation": "never" }', 'never'], ['{ "countersign.production.confirmation": "allWrites" }', 'allWrites'], ['{ "countersign.production.confirmation": "some" }', 'allWrites']];
  for (const [settings, wish] of wishes) {
    it(`wishes ${String(wish)} where the settings say ${settings}`, async () => {
      const own = readOwnSettings(settings, () => undefined);
      assert.ok(own !== undefined);
      assert.deepEqual((await teamHere(repo, own, Date.now)).confirmation, { ...(wish === undefined ? {} : { wish }), team: { kind: 'none' } });
    });
  }
});
