/** An installation that lost files: what is loaded later says so and does nothing; nothing goes on without it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { removeFolder, temporaryFolder } from '../../scripts/lib/reaper.mjs';
import { useEditor } from '../support/editor.ts';
import { bind } from './steps.ts';

const missing = ['editor-features-run-runFeature.cjs', 'adapters-audit-spool-spool.cjs'];

describe('an installation that lost the parts that run and that record', () => {
  let installed = '';
  const window = useEditor(async () => {
    installed = await temporaryFolder('countersign-installed-');
    for (const part of ['package.json', 'media', 'dist']) await cp(path.join(root, part), path.join(installed, part), { recursive: true, filter: (file) => !file.endsWith('.map') });
    for (const file of missing) {
      assert.ok(existsSync(path.join(installed, 'dist', file)), `${file} is called otherwise now`);
      await rm(path.join(installed, 'dist', file));
    }
    const shop = { name: 'shop', environment: 'production', host: '127.0.0.1', port: 1, user: 'app', database: 'shop' };
    return { extensions: [installed], files: { 'orders.sql': 'DELETE FROM orders;\n' }, settings: { 'countersign.connections': [shop] } };
  });
  after(async () => await removeFolder(installed));

  it('still makes production unmistakable, and runs nothing', async () => {
    const { ui } = window;
    await bind(ui, 'orders.sql', 'shop');
    assert.equal((await ui.status('countersign.connection')).kind, 'error');
    await ui.focusEditor();
    await ui.key('ControlOrMeta+Enter');
    assert.match(await ui.toast('A part of Countersign could not be loaded'), /nothing was done[^]*runFeature/u);
  });

  it('allows no writes, because that could not be recorded', async () => {
    const { ui, editor } = window;
    await ui.command('Countersign: Allow Writes for a While…');
    await ui.pick('Allow Writes for a While: on Which Connection?', 'shop');
    await ui.input('Allow Writes on shop (Production) (1/2)', 'order 4711');
    await ui.pick('Allow Writes on shop (Production) (2/2)', '5 minutes');
    assert.match(await ui.toast('Writes stay forbidden'), /could not be recorded[^]*could not be loaded/u);
    await ui.statusSays('countersign.lease', '');
    assert.equal(existsSync(path.join(editor.home, 'user-data/User/globalStorage/countersign.countersign/audit')), false);
  });
});
