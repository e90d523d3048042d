/** The extension as a person finds it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useEditor } from '../support/editor.ts';

describe('a new window', () => {
  const window = useEditor();

  it('offers the first command of a new user in the palette', async () => {
    const titles = await window.ui.palette('Countersign: Add');
    assert.ok(titles.includes('Countersign: Add Connection…'), titles.join(', '));
  });

  it('has a walkthrough from the first connection to the record', async () => {
    await window.ui.command('Countersign: Open the Walkthrough');
    const { page } = window.ui;
    for (const step of ['Add a Connection', 'Mark What Is Production', 'Run a Read', 'Preview a Change', 'Ask a Peer', 'See the Record']) await page.locator('.getting-started-step').filter({ hasText: step }).first().waitFor();
    await page.locator('.getting-started-step').filter({ hasText: 'Ask a Peer' }).first().click();
    await page.getByAltText('The page a reviewer opens from a link').first().waitFor();
    await window.editor.screenshot('walkthrough');
  });

  it('has a place of its own in the activity bar', async () => {
    await window.ui.openContainer('Countersign');
    for (const view of ['Connections', 'Activity']) await window.ui.page.locator('.part.sidebar .pane-header').filter({ hasText: view }).waitFor();
  });
});
