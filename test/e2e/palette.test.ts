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

  it('has a place of its own in the activity bar', async () => {
    await window.ui.openContainer('Countersign');
    for (const view of ['Connections', 'Activity']) await window.ui.page.locator('.part.sidebar .pane-header').filter({ hasText: view }).waitFor();
  });
});
