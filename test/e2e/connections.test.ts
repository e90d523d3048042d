/** Connections, passwords, team files and write leases as a person meets them. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { useEditor } from '../support/editor.ts';
import { readSpool } from '../support/spool.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import type { Workbench } from '../support/workbench.ts';

const database = await createTestDatabase();
/** All questions of a row share one title: only the number tells when the next one is there. */
const question = (step: number): string => `Add Connection (${String(step)}/11)`;

/** Waits until something is so, and fails with what it was instead. */
async function eventually<Value>(page: Page, look: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  let value = await look();
  for (const end = Date.now() + 30_000; !isRight(value); value = await look()) {
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(value)}`);
    await page.waitForTimeout(50);
  }
  return value;
}

async function userSettings(home: string): Promise<string> {
  return await readFile(path.join(home, 'user-data/User/settings.json'), 'utf8');
}

async function answerUntilPassword(ui: Workbench, { host, port, user, database: name }: TestDatabase, environment: string): Promise<void> {
  await ui.pick(question(1), environment);
  await ui.pick(question(2), 'PostgreSQL');
  await ui.input(question(3), host);
  await ui.input(question(4), String(port));
  await ui.input(question(5), user);
  await ui.input(question(6), name);
  await ui.pick(question(7), 'disable');
}

describe('personal connections', () => {
  const vault = { name: 'vault', environment: 'production', host: 'db-1', user: 'app', database: 'shop', access: 'blocked' };
  const window = useEditor({ settings: { 'countersign.connections': [vault], 'countersign.elevation.maxMinutes': 12 } });

  describe('adding a connection', () => {
    it('says every mistake, tries the password out, and saves only what works', async () => {
      const { ui, editor } = window;
      await ui.openContainer('Countersign');
      await ui.command('Countersign: Add Connection…');
      const environments = await ui.picks(question(1));
      assert.deepEqual(environments.map((label) => label.split(/[ ,]/u)[0]), ['Development', 'Staging', 'Production']);
      await ui.pick(question(1), 'Production');
      await ui.pick(question(2), 'PostgreSQL');
      await ui.input(question(3), 'postgres://db-1');
      await ui.inputMessage('host only, not a URL');
      await ui.input(question(3), database.host);
      await ui.input(question(4), '99999');
      await ui.inputMessage('from 1 to 65535');
      await ui.input(question(4), String(database.port));
      await ui.input(question(5), database.user);
      await ui.input(question(6), database.database);
      assert.match((await ui.picks(question(7)))[0] ?? '', /verify-full/u);
      await ui.pick(question(7), 'disable');
      await ui.input(question(8), 'shop-prod');
      await ui.input(question(10), 'wrong');
      const failed = await eventually(ui.page, () => ui.picks(question(11)), (rows) => rows.length > 3);
      assert.match(failed.join('\n'), /refused the password/u);
      await ui.pick(question(11), 'Enter the Password Again');
      await ui.inputMessage('refused the password');
      assert.doesNotMatch(await userSettings(editor.home), /shop-prod/u);
      await ui.input(question(10), database.password);
      await ui.pick(question(11), 'Save Connection');
      await ui.treeRow('shop-prod').waitFor();
      const saved = await userSettings(editor.home);
      assert.match(saved, /shop-prod/u);
      assert.ok(!saved.includes(database.password), 'the password must not be in the settings');
      const row = (await ui.treeRows()).find((label) => label.includes('shop-prod')) ?? '';
      assert.match(row, /Production.*read-only/u);
    });

    it('uses the stored password without asking, after a reload too', async () => {
      const { ui, editor } = window;
      await editor.reload();
      await ui.openContainer('Countersign');
      await ui.treeAction('shop-prod', 'Test Connection');
      assert.match(await ui.toast('Connected to shop-prod'), /PostgreSQL \d/u);
    });

    it('goes back with what was answered, and leaves nothing behind on Escape', async () => {
      const { ui, editor } = window;
      await ui.command('Countersign: Add Connection…');
      await ui.pick(question(1), 'Staging');
      await ui.pick(question(2), 'PostgreSQL');
      await ui.input(question(3), 'staging.example.com');
      await ui.page.locator('.quick-input-title').filter({ hasText: question(4) }).waitFor();
      await ui.page.locator('.quick-input-titlebar .action-label[aria-label^="Back"]').click();
      await eventually(ui.page, () => ui.page.locator('.quick-input-widget:visible .quick-input-box input').inputValue(), (value) => value === 'staging.example.com');
      await ui.key('Escape');
      assert.doesNotMatch(await userSettings(editor.home), /staging\.example/u);
    });

    it('suggests production where the name looks like it', async () => {
      const { ui } = window;
      await ui.command('Countersign: Add Connection…');
      await answerUntilPassword(ui, database, 'Development');
      await ui.input(question(8), 'my-live-copy');
      await ui.pick(question(9), 'Mark It as Production');
      await ui.input(question(10), database.password);
      // A certificate has to be verified now, and this server has none.
      const rows = await eventually(ui.page, () => ui.picks(question(11)), (labels) => labels.length > 3);
      assert.match(rows.join('\n'), /does not offer TLS/u);
      await ui.key('Escape');
    });
  });

  describe('allowing writes for a while', () => {
    const reason = 'Allow Writes on shop-prod (Production) (1/2)';
    const minutes = 'Allow Writes on shop-prod (Production) (2/2)';

    it('needs a reason and minutes within bounds', async () => {
      const { ui } = window;
      await ui.openContainer('Countersign');
      await ui.treeAction('shop-prod', 'Allow Writes');
      await ui.input(reason, '  ');
      await ui.inputMessage('Say why');
      await ui.input(reason, 'order 4711');
      assert.equal((await ui.picks(minutes)).some((label) => /\b(15|30)\b/u.test(label)), false);
      await ui.pick(minutes, 'Other');
      await ui.input(minutes, '13');
      await ui.inputMessage('from 1 to 12');
      await ui.input(minutes, '2');
      await ui.statusSays('countersign.lease', 'Writes on shop-prod 1:');
    });

    it('counts down in the status bar with a warning, and says so in the view', async () => {
      const { ui } = window;
      const { text, kind } = await ui.status('countersign.lease');
      assert.equal(kind, 'warning');
      await eventually(ui.page, async () => (await ui.status('countersign.lease')).text, (now) => now !== text);
      await ui.treeRow('writes allowed 2 m').waitFor();
    });

    it('ends on command, and both are in the journal', async () => {
      const { ui, editor } = window;
      await ui.clickStatus('countersign.lease');
      await ui.statusSays('countersign.lease', '');
      await ui.toast('Writes on shop-prod are no longer allowed');
      await ui.treeRow('read-only').waitFor();
      const journal = (): Promise<string> => readSpool(path.join(editor.home, 'user-data/User/globalStorage/countersign.countersign/audit'));
      await until('both are there', async () => /"elevation".*writes allowed for 2 min: order 4711[^]*"elevation".*no longer allowed: ended on request/u.test(await journal()));
    });

    it('ends with a reload', async () => {
      const { ui, editor } = window;
      await ui.treeAction('shop-prod', 'Allow Writes');
      await ui.input(reason, 'order 4712');
      await ui.pick(minutes, '5 minutes');
      await ui.statusSays('countersign.lease', 'Writes on shop-prod');
      await editor.reload();
      await ui.openContainer('Countersign');
      await ui.treeRow('read-only').waitFor();
      await ui.statusSays('countersign.lease', '');
    });

    it('is refused where access is blocked', async () => {
      const { ui } = window;
      const row = (await ui.treeRows()).find((label) => label.startsWith('vault')) ?? '';
      assert.match(row, /blocked/u);
    });
  });
});

describe('changing a connection', () => {
  const { host, port, user, database: name } = database;
  const entry = { name: 'shop', environment: 'staging', host, port, user, database: name, tls: { mode: 'disable' } };
  const window = useEditor({ settings: { 'countersign.connections': [{ broken: true }, entry] } });
  const step = (number: number): string => `Edit shop (${String(number)}/11)`;

  it('after a refused password asks again, and says why', async () => {
    const { ui } = window;
    await ui.openContainer('Countersign');
    await ui.onlyView('Connections');
    await ui.treeAction('shop', 'Test Connection');
    await ui.input('Password for shop (Staging)', 'wrong');
    await ui.pick('Password for shop', 'Save the Password');
    await ui.toast('refused the password', 'Test Again');
    await ui.inputMessage('The server refused the password');
    await ui.input('Password for shop (Staging)', database.password);
    await ui.pick('Password for shop', 'Save the Password');
    await ui.toast('Connected to shop');
  });

  it('keeps what was not changed, the stored password under a new name too', async () => {
    const { ui, editor } = window;
    await ui.command('Countersign: Edit Connection…');
    await ui.pick('Edit Connection', 'shop');
    await ui.pick(step(1), 'Staging');
    await ui.pick(step(2), 'PostgreSQL');
    await ui.input(step(3), host);
    await ui.input(step(4), String(port));
    await ui.input(step(5), user);
    await ui.input(step(6), name);
    await ui.pick(step(7), 'disable');
    await ui.input(step(8), 'shop-two');
    await ui.input(step(10), '');
    await ui.pick(step(11), 'Save Connection');
    await ui.treeRow('shop-two').waitFor();
    const saved = JSON.parse(await userSettings(editor.home)) as Record<string, unknown>;
    assert.deepEqual(saved['countersign.connections'], [{ broken: true }, { ...entry, name: 'shop-two' }]);
    await editor.reload();
    await ui.openContainer('Countersign');
    await ui.treeAction('shop-two', 'Test Connection');
    await ui.toast('Connected to shop-two');
  });

  it('removes it only after a question', async () => {
    const { ui, editor } = window;
    await ui.command('Countersign: Remove Connection…');
    await ui.pick('Remove Connection', 'shop-two');
    assert.match(await ui.modal('Cancel'), /Nothing happens to the database/u);
    assert.match(await userSettings(editor.home), /shop-two/u);
    await ui.command('Countersign: Remove Connection…');
    await ui.pick('Remove Connection', 'shop-two');
    await ui.modal('Remove');
    await ui.treeRow('shop-two').waitFor({ state: 'detached' });
    assert.match(await userSettings(editor.home), /broken/u);
  });
});

describe('the keychain of the operating system', () => {
  const { host, port, user, database: name } = database;
  const entry = { name: 'shop', environment: 'staging', host, port, user, database: name, tls: { mode: 'disable' } };
  // No session bus: there can be no keyring, whatever this machine has.
  const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere', XDG_RUNTIME_DIR: '/nowhere', DISPLAY: '' };
  const window = useEditor({ env, settings: { 'countersign.connections': [entry], 'countersign.credentials.store': 'keychain' } });

  it('that cannot be used is said, and the connection still works', async () => {
    const { ui } = window;
    await ui.openContainer('Countersign');
    await ui.treeAction('shop', 'Test Connection');
    await ui.inputMessage('The keychain of the operating system cannot be used');
    await ui.input('Password for shop (Staging)', database.password);
    await ui.pick('Password for shop', 'Save the Password');
    await ui.toast('was not saved; it is used until this window closes');
    await ui.toast('Connected to shop');
  });
});

describe('a folder that is not trusted', () => {
  const team = { version: 1, connections: [{ name: 'shop', environment: 'staging', host: 'db-1', user: 'app', database: 'shop' }] };
  const window = useEditor({
    files: { '.countersign/team.jsonc': JSON.stringify(team) },
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
  });

  it('keeps its team file to itself, and the view says so', async () => {
    const { ui } = window;
    await ui.openContainer('Countersign');
    await ui.page.getByText('The team file of this folder is not read').waitFor();
    assert.equal(await ui.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'shop' }).count(), 0);
  });

  it('has it read once it is trusted', async () => {
    const { ui } = window;
    // The palette may not know the command yet; the status bar does.
    await ui.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).click();
    await ui.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await ui.openContainer('Countersign');
    await ui.treeRow('shop').waitFor();
  });
});

describe('shared connections', () => {
  const file = (port: number): string => {
    const { host, user, database: name } = database;
    return JSON.stringify({ version: 1, connections: [{ name: 'shop', environment: 'staging', host, port, user, database: name, tls: { mode: 'disable' } }] });
  };
  const window = useEditor({ files: { '.countersign/team.jsonc': file(database.port) } });
  const write = async (text: string): Promise<void> => await writeFile(path.join(window.editor.workspace, '.countersign/team.jsonc'), text);

  describe('a connection that leads elsewhere than its password', () => {
    it('asks once and stores the password', async () => {
      const { ui } = window;
      await ui.openContainer('Countersign');
      await ui.treeAction('shop', 'Test Connection');
      await ui.input('Password for shop (Staging)', database.password);
      await ui.pick('Password for shop', 'Save the Password');
      await ui.toast('Connected to shop');
    });

    it('does not send it anywhere else, and says what changed', async () => {
      const { ui, editor } = window;
      await writeFile(path.join(editor.workspace, '.countersign/team.jsonc'), file(1));
      await ui.treeRow(':1/').waitFor();
      await ui.treeAction('shop', 'Test Connection');
      const said = await ui.inputMessage('not used');
      assert.match(said, new RegExp(`port: ${String(database.port)} → 1`, 'u'));
      await ui.key('Escape');
    });

    it('has its password back when it leads where it led before', async () => {
      const { ui, editor } = window;
      await writeFile(path.join(editor.workspace, '.countersign/team.jsonc'), file(database.port));
      await ui.treeRow(`:${String(database.port)}/`).waitFor();
      await ui.clearToasts();
      await ui.treeAction('shop', 'Test Connection');
      await ui.toast('Connected to shop');
    });
  });

  describe('a team file', () => {
    const entry = { name: 'shop-prod', environment: 'production', host: 'db-1', user: 'app', database: 'shop', access: 'preview' };

    it('adds connections, and cannot loosen access', async () => {
      const { ui } = window;
      await write(JSON.stringify({ version: 1, connections: [entry] }, undefined, 2));
      await ui.treeRow('shop-prod').waitFor();
      const row = (await ui.treeRows()).find((label) => label.startsWith('shop-prod')) ?? '';
      assert.match(row, /read-only.*team file/u);
    });

    it('with a password loads nothing of that connection and says where', async () => {
      const { ui } = window;
      await write(JSON.stringify({ version: 1, connections: [{ ...entry, password: 'hunter2' }, { ...entry, name: 'other' }] }, undefined, 2));
      await ui.treeRow('1 problem').waitFor();
      await ui.treeRow('other').waitFor();
      const rows = (await ui.treeRows()).join('\n');
      assert.match(rows, /other/u);
      assert.doesNotMatch(rows, /shop-prod/u);
      await ui.openFile('team.jsonc');
      await ui.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    });

    it('that is broken loads nothing and says so', async () => {
      const { ui } = window;
      await write('{ "version": 1, "connections": [ {');
      await ui.treeRow('not valid JSON').waitFor();
      assert.doesNotMatch((await ui.treeRows()).join('\n'), /other/u);
    });

    it('comes back when it is repaired', async () => {
      const { ui } = window;
      await write(JSON.stringify({ version: 1, connections: [entry] }));
      await ui.treeRow('shop-prod').waitFor();
    });
  });
});
