/** The Activity view with nothing, one thing and ten thousand in it; in every kind of theme, wide and narrow. */
import path from 'node:path';
import { describe, test } from 'node:test';
import { createSpool } from '../../src/adapters/audit/spool/spool.ts';
import { epochMs } from '../../src/core/brand.ts';
import { useEditor } from '../support/editor.ts';
import type { Workbench } from '../support/workbench.ts';
import { changeSettings } from './steps.ts';

const actor = { kind: 'human', osUser: 'ann', host: 'laptop' };
const target = { connection: 'personal:shop-prod', environment: 'production', address: 'app@db:5432/shop' };
const clock = { now: () => epochMs(Date.now()) };

/** Records of other windows: what somebody did all day. */
async function writeRecords(home: string, runs: number): Promise<void> {
  const folder = path.join(home, 'user-data/User/globalStorage/countersign.countersign/audit');
  const spool = createSpool({ folder, clock, start: () => ({ time: clock.now(), actor }) });
  const began = Date.now() - runs * 1000;
  await Promise.all(
    Array.from({ length: runs }, async (_, index) => {
      const base = { run: `run-${String(runs)}-${String(index)}`, time: began + index * 1000, actor, target, class: 'read' };
      if (index % 10 === 3) return await spool.append({ ...base, kind: 'export', rows: 1200, to: 'clipboard, csv' });
      if (index % 10 === 5) return await spool.append({ ...base, kind: 'refused', outcome: 'refused', reason: 'needs-elevation', sql: 'DELETE FROM orders', class: 'write' });
      if (index % 10 === 7) return await spool.append({ ...base, target: undefined, kind: 'settings-changed', changes: ['countersign.production.access: "readOnly" → "preview"'] });
      return await spool.append({ ...base, kind: 'read', outcome: 'read', rows: index, sql: `SELECT * FROM orders WHERE id = ${String(index)} -- a text that is too long for a narrow side bar and is cut off`, durationMs: 12 });
    }),
  );
  await spool.close();
}

const themes = [['Default Dark Modern', 'vs-dark'], ['Default Light Modern', 'vs'], ['Default High Contrast', 'hc-black'], ['Default High Contrast Light', 'hc-light']] as const;

describe('the activity view', () => {
  const it = useEditor({ settings: { 'window.autoDetectColorScheme': false, 'window.autoDetectHighContrast': false, 'workbench.editor.useModal': 'off' } });

  test('says how it begins while there is nothing', async () => {
    const { ui, editor } = it;
    await ui.openContainer('Countersign');
    // Said only once it is known, so that nobody reads it while the records are still looked for.
    for (const text of ['Nothing was run yet.', 'Nothing waits for you', 'No connections yet.']) await editor.page.locator('.welcome-view-content').filter({ hasText: text }).first().waitFor();
    await editor.screenshot('activity-empty');
  });

  test('shows one thing', async () => {
    const { ui, editor } = it;
    await writeRecords(editor.home, 1);
    await hideSideBar(ui);
    await ui.openContainer('Countersign');
    await ui.treeRow('Read 0 rows').waitFor();
  });

  test('shows the newest of ten thousand within moments, and says how many are older', async () => {
    const { ui, editor } = it;
    await writeRecords(editor.home, 10_000);
    await hideSideBar(ui);
    await ui.openContainer('Countersign');
    await ui.treeRow('Read 9,999 rows').waitFor();
    await ui.treeRow('Settings changed').first().waitFor();
  });

  for (const [theme, kind] of themes) {
    test(`can be looked at in ${theme}, wide and narrow`, async () => {
      const { ui, editor } = it;
      await editor.page.setViewportSize({ width: 1400, height: 900 });
      await changeSettings(editor, { 'workbench.colorTheme': theme });
      await editor.page.locator(`.monaco-workbench.${kind}`).waitFor();
      const name = theme.toLowerCase().replaceAll(' ', '-');
      for (const [width, suffix] of [[1400, ''], [560, '-narrow']] as const) {
        await editor.page.setViewportSize({ width, height: 900 });
        await ui.treeRow('Read 9,999 rows').waitFor();
        await editor.screenshot(`activity-${name}${suffix}`);
      }
    });
  }
});

async function hideSideBar(ui: Workbench): Promise<void> {
  await ui.command('View: Toggle Primary Side Bar Visibility');
  await ui.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
}
