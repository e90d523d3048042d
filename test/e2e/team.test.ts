/** From nothing to a team of two, in a real editor: one command, one link, six words. The second person has a browser and a passkey. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { acceptTeam, parseTeamSignatures } from '../../src/core/approval/teamChain.ts';
import type { SignedTeam } from '../../src/core/approval/teamChain.ts';
import type { Team } from '../../src/core/approval/team.ts';
import { sixWords } from '../../src/core/approval/digest.ts';
import { crypto } from '../support/confirmation/keys.ts';
import { launchBrowser, startEditor, useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';

const plain = `{
  // Connections everybody who opens this folder gets.
  "version": 1,
  "connections": [
    { "name": "shop-prod", "environment": "production", "host": "db-1.example.com", "user": "app_rw", "database": "shop" } // the big one
  ]
}
`;
const session = useEditor({ files: { '.countersign/team.jsonc': plain, 'query.sql': 'SELECT 1;\n' } });
const file = (name: 'team.jsonc' | 'team.sig.json'): string => path.join(session.editor.workspace, '.countersign', name);

function onDisk(): SignedTeam {
  return { file: Uint8Array.from(readFileSync(file('team.jsonc'))), signatures: parseTeamSignatures(Uint8Array.from(readFileSync(file('team.sig.json')))) };
}
function put({ file: bytes, signatures }: SignedTeam): void {
  writeFileSync(file('team.jsonc'), bytes);
  writeFileSync(file('team.sig.json'), JSON.stringify(signatures, undefined, 2));
}
/** As another machine sees it, that has the version before. */
async function accepted(pinned: Team | undefined): Promise<Team> {
  const state = await acceptTeam(crypto, pinned, [onDisk()]);
  assert.equal(state.kind, 'accepted', JSON.stringify(state));
  return state.team;
}
const teamRow = (text: string) => session.editor.page.locator('.pane-body[aria-label^="Team"] .monaco-list-row, .pane:has([aria-label^="Team"]) .monaco-list-row').filter({ hasText: text }).first();
const pictures = process.env['COUNTERSIGN_PICTURES'] !== undefined;
const picture = async (name: string): Promise<void> => void (pictures && (await session.editor.screenshot(`team/${name}`)));

describe('a team of two', { concurrency: false }, () => {
  let browser: Browser;
  let one: Team;
  let first: SignedTeam;
  let two: Team;
  let second: SignedTeam;

  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => await browser.close());

  test('one command sets it up: an own key, a signed file that keeps its comments, and six words', async () => {
    const { ui } = session;
    await ui.command('Countersign: Set Up a Team…');
    await ui.input('Set Up a Team (1/2)', 'Alice Adams');
    await ui.input('Set Up a Team (2/2)', 'shop');
    const said = await ui.toast('You are the team “shop”');
    one = await accepted(undefined);
    first = onDisk();
    assert.deepEqual(one.body.members.map(({ id, name }) => [id, name]), [['alice.adams', 'Alice Adams']]);
    assert.ok(said.includes((await sixWords(crypto, 'team', one.digest)).join(' ')), said);
    const text = readFileSync(file('team.jsonc'), 'utf8');
    assert.ok(text.includes('// Connections everybody who opens this folder gets.') && text.includes('// the big one'), text);
    assert.match(readFileSync(path.join(session.editor.workspace, '.countersign', '.gitattributes'), 'utf8'), /team\.jsonc -text/);
    await teamRow('version 1').waitFor();
    await teamRow('Alice Adams').filter({ hasText: 'you · administrator' }).waitFor();
    await picture('1-set-up');
  });

  test('a second person joins by one link with a passkey, and is in the team once their words were typed', async () => {
    const { ui, editor } = session;
    await ui.clearToasts();
    await ui.command('Countersign: Invite Somebody to the Team…');
    await ui.input('Invite Somebody to shop', 'Bob Okafor');
    await ui.toast('The link for Bob Okafor is on the clipboard');
    const link = await editor.page.evaluate(async () => await navigator.clipboard.readText());
    assert.match(link, /^http:\/\/localhost:\d+\/r\/r_[\w-]{16}#1\./);
    await teamRow('Invitation for Bob Okafor').waitFor();
    await picture('2-invited');

    const words = await joinInBrowser(browser, link);
    await ui.toast('Bob Okafor wants to join the team “shop”', 'Compare the Words');
    await ui.input('Add Bob Okafor: Compare Six Words', [...words.slice(0, 5), words[5] === 'zoo' ? 'zone' : 'zoo'].join(' '));
    assert.match(await ui.inputMessage('Not the words'), /word 6/);
    await picture('3-other-words');
    await ui.input('Add Bob Okafor: Compare Six Words', words.map((word) => word.slice(0, 4)).join(' '));
    await ui.pick('Add Bob Okafor: Who Is It?', 'is new in the team');
    await ui.input('Add Bob Okafor: Short Name', 'bob');
    await editor.page.locator('.quick-input-widget:visible').filter({ hasText: 'Administrator' }).waitFor();
    await picture('4-roles');
    await ui.key('Enter');
    await ui.toast('Bob Okafor is in the team.');

    two = await accepted(one);
    second = onDisk();
    assert.deepEqual([two.body.version, two.body.prev], [2, one.digest]);
    assert.equal([...two.keys.values()].find(({ member }) => member.id === 'bob')?.record.alg, 'webauthn-es256');
    await teamRow('version 2').waitFor();
    await teamRow('Bob Okafor').click();
    await teamRow('passkey: finger, face or PIN each time').waitFor();
    await picture('5-two');
    await teamRow('Invitation for').waitFor({ state: 'detached' });
  });

  test('what is written into the file by hand is not in force, says so, and is signed change by change', async () => {
    const { ui, editor } = session;
    await ui.clearToasts();
    writeFileSync(file('team.jsonc'), readFileSync(file('team.jsonc'), 'utf8').replace('"ttlMinutes": 15', '"ttlMinutes": 60').replace('"shop-prod", "environment": "production"', '"shop-main", "environment": "development"'));
    await teamRow('Not in force').waitFor();
    // What was signed about the database holds, whatever the file calls it now.
    await ui.treeRow('shop-main').filter({ hasText: 'read-only' }).waitFor();
    await ui.openFile('team.jsonc');
    await editor.page.locator('.squiggly-error').first().waitFor();
    await picture('6-edited');
    await ui.command('Countersign: Sign the Team File');
    const rows = await ui.picks('Sign Version 3 of shop');
    assert.ok(rows.some((row) => row.includes('a rule changes: production') && row.includes('within 60 minutes instead of within 15 minutes')), rows.join('\n'));
    assert.ok(rows.some((row) => row.includes('the connection shop-prod is removed')), rows.join('\n'));
    await picture('7-changes');
    await ui.key('Enter');
    await editor.page.locator('.quick-input-title').filter({ hasText: 'Changes Are Not Ticked' }).waitFor();
    assert.equal((await acceptTeam(crypto, two, [onDisk()])).kind, 'refused');
    await editor.page.locator('.quick-input-widget .quick-input-check-all, .quick-input-widget input[type=checkbox], .quick-input-widget .quick-input-header .monaco-checkbox').first().click();
    await ui.key('Enter');
    await ui.toast('The team file is signed.');
    const three = await accepted(two);
    assert.equal(three.body.version, 3);
    await editor.page.locator('.squiggly-error').first().waitFor({ state: 'hidden' });
    await teamRow('version 3').waitFor();
  });

  test('an older file is refused, after a restart of the editor too, and the right one is in force again', async () => {
    const { ui, editor } = session;
    const third = onDisk();
    put(second);
    await teamRow('Not in force').filter({ hasText: 'older than the one' }).waitFor();
    await ui.command('Countersign: Sign the Team File');
    await ui.toast('This cannot be settled by signing');
    await editor.reload();
    await ui.openContainer('Countersign');
    await teamRow('Not in force').filter({ hasText: 'older than the one' }).waitFor({ timeout: 30_000 });
    await picture('8-rolled-back');
    put(first);
    put(third);
    await until('the view says so', async () => (await teamRow('Not in force').count()) === 0);
    await teamRow('version 3').waitFor();
    assert.ok(existsSync(file('team.sig.json')));
  });

  test('somebody joins from an editor of their own, and is known there once the next version arrived', async () => {
    const { ui } = session;
    const copy = Object.fromEntries((['team.jsonc', 'team.sig.json'] as const).map((name) => [`.countersign/${name}`, readFileSync(file(name), 'utf8')]));
    const carols = await startEditor({ files: { ...copy, 'query.sql': 'SELECT 1;\n' } });
    try {
      await ui.clearToasts();
      await ui.command('Countersign: Invite Somebody to the Team…');
      await ui.input('Invite Somebody to shop', 'Carol');
      await ui.toast('The link for Carol is on the clipboard');
      const link = await session.editor.page.evaluate(async () => await navigator.clipboard.readText());

      await carols.ui.command('Countersign: Show the Team');
      const three = await accepted(two);
      await carols.ui.toast((await sixWords(crypto, 'team', three.digest)).join(' '));
      await carols.ui.command('Countersign: Join a Team…');
      await carols.ui.input('Join a Team', link);
      await carols.ui.input('Join shop', 'Carol');
      const said = await carols.ui.modalText();
      const words = [...said.matchAll(/^\d\. (\w+)$/gmu)].map(([, word = '']) => word);
      assert.equal(words.length, 6, said);
      if (pictures) await carols.screenshot('team/9-words-to-tell');
      await carols.ui.modal('OK');

      await ui.toast('Carol wants to join the team “shop”', 'Compare the Words');
      await ui.input('Add Carol: Compare Six Words', words.join(' '));
      await ui.pick('Add Carol: Who Is It?', 'is new in the team');
      await ui.input('Add Carol: Short Name', 'carol');
      await session.editor.page.locator('.quick-input-widget:visible').filter({ hasText: 'Administrator' }).waitFor();
      await ui.key('Enter');
      await ui.toast('Carol is in the team.');

      for (const name of ['team.jsonc', 'team.sig.json'] as const) writeFileSync(path.join(carols.workspace, '.countersign', name), readFileSync(file(name)));
      await carols.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'version 4' }).first().waitFor();
      await carols.page.locator('.pane-body .monaco-list-row').filter({ hasText: /Carol.*you/u }).first().waitFor();
    } finally {
      await carols.stop();
    }
  });
});

/** @returns the words the page shows */
async function joinInBrowser(browser: Browser, link: string): Promise<readonly string[]> {
  const context = await browser.newContext();
  const page: Page = await context.newPage();
  const devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await page.goto(link);
  await page.getByRole('button', { name: 'Create a Passkey…' }).click();
  await page.getByRole('heading', { name: 'Tell these six words' }).waitFor();
  const words = await page.locator('.words li').allTextContents();
  await context.close();
  return words;
}
