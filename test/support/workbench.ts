/**
 * What a person does in the editor, as short calls. Every call waits for what it needs and fails with what it saw.
 * Text arguments match a part of what is shown, unless said otherwise.
 */
import type { Frame, Locator, Page } from 'playwright-core';
import { outOfPatience, until } from './until.ts';

const quickInput = '.quick-input-widget:visible';
const rows = `${quickInput} .quick-input-list .monaco-list-row`;
const modalBox = '.monaco-dialog-box';
const toasts = '.notifications-toasts .notification-list-item';
const editors = '.editor-group-container .monaco-editor:visible';
const listed = '.notifications-center .notification-list-item';

/** What is left of a text when nothing is that the editor draws otherwise: blanks, and characters without a sign. */
const letters = (text: string): string => text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S}]|[\u2400-\u2426]/gu, '').slice(0, 1500);

export type Workbench = ReturnType<typeof createWorkbench>;

export function createWorkbench(page: Page) {
  const quickInputBox = () => page.locator(`${quickInput} .quick-input-box input`);

  /** The inner frame of a webview: the one in which `content` (a selector) is visible, or for which it says yes. */
  async function webview(content: string | ((frame: Frame) => Promise<boolean>), patienceMs = 30_000): Promise<Frame> {
    const matches = typeof content === 'string' ? (frame: Frame) => frame.locator(content).first().isVisible() : content;
    for (const end = Date.now() + patienceMs; Date.now() < end; await page.waitForTimeout(50)) {
      for (const frame of page.frames().filter((each) => each.url().includes('/webview/browser/pre/fake.html'))) {
        // A frame may go away while it is looked at, and a look may wait for what only another frame has.
        if (await Promise.race([matches(frame).catch(() => false), page.waitForTimeout(500).then(() => false)])) return frame;
      }
    }
    throw outOfPatience(`No webview shows ${String(content)} after ${String(patienceMs)} ms`);
  }

  async function waitForTitle(title: string): Promise<void> {
    // The palette, picks and inputs share one widget: only the title tells them apart.
    await page.locator(`${quickInput} .quick-input-title`).filter({ hasText: title }).waitFor();
  }

  /** Goes to a row by key and takes it. A click would miss a list that still moves. */
  async function acceptRow(wanted: Locator): Promise<void> {
    const position = async (row: Locator): Promise<number> => Number((await row.getAttribute('data-index', { timeout: 1000 }).catch(() => undefined)) ?? -1);
    const focused = page.locator(`${rows}.focused`);
    await wanted.waitFor();
    for (const end = Date.now() + 20_000; Date.now() < end; ) {
      const [to, from] = [await position(wanted), await position(focused)];
      if (to >= 0 && to === from) {
        // The list may still be the one of the text before: then other rows come under the same place.
        await page.waitForTimeout(60);
        if ((await position(wanted)) === to && (await position(focused)) === to) return page.keyboard.press('Enter');
        continue;
      }
      await page.keyboard.press(from < to ? 'ArrowDown' : 'ArrowUp');
      // The list follows a moment later: pressing on would run past the row.
      for (let waits = 0; waits < 10 && (await position(focused)) === from; waits += 1) await page.waitForTimeout(20);
    }
    throw outOfPatience(`The list did not go to ${String(wanted)}`);
  }

  /** Opens the quick input by a key and types into it; anew when something took the focus from it at once. */
  async function openQuickInput(key: string, text: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await page.keyboard.press(key);
      const isTyped = await quickInputBox().fill(text, { timeout: 3000 }).then(() => true, () => false);
      if (isTyped && (await page.locator(rows).first().waitFor({ timeout: 3000 }).then(() => true, () => false))) return;
      if (attempt === 5) throw outOfPatience(`The quick input does not stay open for ${text}`);
      await page.keyboard.press('Escape');
    }
  }

  /** A tree that is drawn anew takes its rows away: a press that falls in between is not told which row it was on. */
  async function settled(row: Locator): Promise<void> {
    let calm = 0;
    await until(`${String(row)} stands still`, async () => {
      const drawn = await row.elementHandle();
      await page.waitForTimeout(25);
      calm = (await drawn?.evaluate((element) => element.isConnected)) === true ? calm + 1 : 0;
      return calm === 8;
    });
  }

  const rowWith = (text: string): Locator => page.locator(rows).filter({ hasText: text }).first();
  /** A row of which the label is exactly that. */
  const rowOf = (label: string): Locator => page.locator(rows).filter({ has: page.locator('.label-name').getByText(label, { exact: true }) }).first();

  return {
    page,
    webview,

    /** Waits until the editor is drawn and knows the commands of its extensions; `text` is in one of their titles. */
    async ready(text = 'Countersign'): Promise<void> {
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
      const known = page.locator(`${rows} .label-name`).filter({ hasText: text });
      for (const end = Date.now() + 30_000; Date.now() < end; ) {
        // The list does not change while it is open: it is opened anew until the extensions were read.
        await openQuickInput('F1', `>${text}`);
        const isKnown = (await known.count()) > 0;
        await page.keyboard.press('Escape');
        await page.locator(quickInput).waitFor({ state: 'hidden' });
        if (isKnown) return;
        await page.waitForTimeout(100);
      }
      throw outOfPatience(`The palette has no command with '${text}': the extension was not found`);
    },

    // ── Commands and keys ──

    /** Runs a command from the palette by its full title, e.g. `Countersign: Bind Document…`. */
    async command(title: string): Promise<void> {
      await openQuickInput('F1', `>${title}`);
      await acceptRow(rowOf(title));
    },
    /** Titles the palette offers for a text. */
    async palette(text: string): Promise<string[]> {
      await openQuickInput('F1', `>${text}`);
      const titles = await page.locator(`${rows} .label-name`).allInnerTexts();
      await page.keyboard.press('Escape');
      return titles;
    },
    async key(...keys: string[]): Promise<void> {
      for (const key of keys) await page.keyboard.press(key);
    },
    async type(text: string): Promise<void> {
      await page.keyboard.type(text);
    },

    // ── Questions of the editor ──

    /** Picks a row of the QuickPick with that title. */
    async pick(title: string, text: string): Promise<void> {
      await waitForTitle(title);
      await acceptRow(rowWith(text));
    },
    /** Rows of the QuickPick with that title, as `label description detail`. */
    async picks(title: string): Promise<string[]> {
      await waitForTitle(title);
      await page.locator(rows).first().waitFor();
      return page.locator(rows).evaluateAll((elements) => elements.map((element) => element.getAttribute('aria-label') ?? ''));
    },
    /** Types into the input box with that title and presses Enter. */
    async input(title: string, text: string): Promise<void> {
      await waitForTitle(title);
      // A list of the same title may still be there, and would take the text for a filter.
      await page.locator(`${quickInput} .quick-input-list`).waitFor({ state: 'hidden' });
      await quickInputBox().fill(text);
      await quickInputBox().press('Enter');
    },
    /** Waits for what the open input box says about what was typed; returns all of it. */
    async inputMessage(text: string): Promise<string> {
      const message = page.locator(`${quickInput} .quick-input-message`).filter({ hasText: text });
      await message.waitFor();
      return message.innerText();
    },
    /** Presses a button of the modal dialog by its exact name; returns what the dialog said. */
    async modal(button: string): Promise<string> {
      const text = await page.locator(modalBox).innerText();
      await page.locator(modalBox).getByRole('button', { name: button, exact: true }).click();
      await page.locator(modalBox).waitFor({ state: 'detached' });
      return text;
    },
    /** Waits for a modal dialog and returns what it says, buttons included. */
    async modalText(): Promise<string> {
      await page.locator(modalBox).waitFor();
      return page.locator(modalBox).innerText();
    },
    /** Waits for a notification; presses its button if one is named; returns what it said. */
    async toast(text: string, button?: string): Promise<string> {
      const shown = page.locator(toasts).filter({ hasText: text }).first();
      const take = async (toast: Locator, timeout: number): Promise<string> => {
        const said = await toast.innerText({ timeout });
        if (button !== undefined) await toast.getByRole('button', { name: button }).click({ timeout });
        return said;
      };
      // The editor keeps toasts back when several come within a second, and takes them away after a while; the list behind the bell has them all.
      const said = await take(shown, 5000).catch(() => undefined);
      if (said !== undefined) return said;
      await this.command('Notifications: Show Notifications');
      return await take(page.locator(listed).filter({ hasText: text }).first(), 30_000);
    },
    async clearToasts(): Promise<void> {
      await this.command('Notifications: Clear All Notifications');
    },

    // ── What is shown ──

    /** A status bar item by the id given to `createStatusBarItem`. */
    async status(id: string): Promise<{ text: string; kind: 'error' | 'warning' | 'plain'; tooltip: string }> {
      const item = page.locator(`.part.statusbar .statusbar-item[id$="${id}"]`);
      await item.waitFor();
      const [classes, tooltip, text] = await Promise.all([item.getAttribute('class'), item.getAttribute('aria-label'), item.innerText()]);
      const kind = classes?.includes('error-kind') ? 'error' : classes?.includes('warning-kind') ? 'warning' : 'plain';
      return { text: text.trim(), kind, tooltip: tooltip ?? '' };
    },
    /** Waits until a status bar item says something; `''` waits until it is gone. */
    async statusSays(id: string, text: string): Promise<void> {
      const item = page.locator(`.part.statusbar .statusbar-item[id$="${id}"]`);
      if (text === '') await item.waitFor({ state: 'hidden' });
      else await item.filter({ hasText: text }).waitFor();
    },
    async clickStatus(id: string): Promise<void> {
      await page.locator(`.part.statusbar .statusbar-item[id$="${id}"] a`).click();
    },
    /** The window's title bar text. */
    async title(): Promise<string> {
      return page.title();
    },
    /** Names on the tabs of the editor. */
    async tabs(): Promise<string[]> {
      return page.locator('.tabs-container .tab').evaluateAll((elements) => elements.map((element) => element.getAttribute('aria-label') ?? ''));
    },

    // ── Files ──

    /** Opens a file of the workspace by its name. */
    async openFile(name: string): Promise<void> {
      // Into the first group: what opens beside it stays there.
      await page.keyboard.press('ControlOrMeta+1');
      await openQuickInput('ControlOrMeta+P', name);
      await acceptRow(rowWith(name));
      await page.locator('.tab.active').filter({ hasText: name.split('/').at(-1) ?? name }).first().waitFor();
      await page.locator('.editor-group-container.active .monaco-editor .view-lines').first().waitFor();
    },
    /** Puts a text into the open file, in place of what is there, without the help of the editor. */
    async setText(text: string): Promise<void> {
      await until('the text is in the editor', async () => {
        await this.focusEditor();
        await page.keyboard.press('ControlOrMeta+A');
        await page.keyboard.press('Delete');
        // As one paste: typing would close brackets and indent.
        await page.keyboard.insertText(text);
        // A page that opens late takes the focus, and the keys with it.
        return await until('', async () => letters(await this.shownText()).includes(letters(text)), 5000).then(() => true, () => false);
      });
    },
    /** Lines of the first editor that are in view, in their order. */
    async shownText(): Promise<string> {
      const lines = await page.locator(`${editors} >> nth=0`).locator('.view-line').evaluateAll((elements) => elements.map((line) => ({ top: Number.parseFloat((line as HTMLElement).style.top), text: line.textContent })));
      return lines.toSorted((one, other) => one.top - other.top).map((line) => line.text.replaceAll('\u00a0', ' ')).join('\n');
    },
    async focusEditor(): Promise<void> {
      await page.locator(`${editors} >> nth=0`).locator('.view-lines').click();
    },
    /** Puts the caret at the start of a line; 1-based. */
    async goToLine(line: number): Promise<void> {
      await page.keyboard.press('Control+G');
      await quickInputBox().fill(`:${String(line)}`);
      await quickInputBox().press('Enter');
      await page.locator(quickInput).waitFor({ state: 'hidden' });
    },
    /** Puts the caret at the first place of a text in the open file. */
    async goToText(text: string): Promise<void> {
      await this.focusEditor();
      await page.keyboard.press('ControlOrMeta+Home');
      await page.keyboard.press('ControlOrMeta+F');
      const box = page.locator('.editor-widget.find-widget.visible .find-part textarea');
      await box.fill(text);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      await page.locator('.editor-widget.find-widget.visible').waitFor({ state: 'hidden' });
      // The match is selected: an arrow leaves the caret at its beginning.
      await page.keyboard.press('ArrowLeft');
    },
    /** Titles of the CodeLenses in view. */
    async codeLenses(): Promise<string[]> {
      await page.locator('.monaco-editor .codelens-decoration a').first().waitFor();
      return page.locator('.monaco-editor .codelens-decoration a').allInnerTexts();
    },
    async codeLens(title: string): Promise<void> {
      await page.locator('.monaco-editor .codelens-decoration a').filter({ hasText: title }).first().click();
    },
    async saveFile(): Promise<void> {
      await page.keyboard.press('ControlOrMeta+S');
      await page.locator('.editor-group-container.active .tab.active.dirty').waitFor({ state: 'detached' });
    },
    async closeTab(): Promise<void> {
      await this.command('View: Close Editor');
    },

    // ── Trees ──

    /** Opens a view container of the activity bar by its name. */
    async openContainer(name: string): Promise<void> {
      // A badge lies over the link and would take the click.
      const item = page.locator('.activitybar .action-item').filter({ has: page.locator(`a[aria-label^="${name}"]`) });
      await item.waitFor();
      if ((await item.getAttribute('class'))?.includes('checked') !== true) await item.click();
      await page.locator('.part.sidebar').waitFor();
    },
    /** Folds the other views of the open container: a row for which there is no room is not drawn. */
    async onlyView(name: string): Promise<void> {
      await page.locator('.sidebar .pane-header').filter({ hasText: name }).waitFor();
      const others = page.locator('.sidebar .pane-header[aria-expanded="true"]').filter({ hasNotText: name });
      while ((await others.count()) > 0) await others.first().click();
    },
    treeRow(text: string): Locator {
      return page.locator('.pane-body .monaco-list-row').filter({ hasText: text }).first();
    },
    async treeRows(): Promise<string[]> {
      await page.locator('.pane-body .monaco-list-row').first().waitFor();
      return page.locator('.pane-body .monaco-list-row').evaluateAll((elements) => elements.map((element) => element.getAttribute('aria-label') ?? ''));
    },
    async clickTreeRow(text: string): Promise<void> {
      await settled(this.treeRow(text));
      await this.treeRow(text).click();
    },
    /** Presses an inline action of a tree row by its label. */
    async treeAction(text: string, label: string): Promise<void> {
      await this.treeRow(text).hover();
      await settled(this.treeRow(text));
      await this.treeRow(text).locator(`.actions .action-label[aria-label^="${label}"]`).click();
    },

    // ── Webviews, by a selector of something visible in them ──

    async webviewText(content: string, selector = 'body'): Promise<string> {
      return (await webview(content)).locator(selector).first().innerText();
    },
    /** Clicks a button of a webview by its name. */
    async webviewClick(content: string, button: string): Promise<void> {
      await (await webview(content)).getByRole('button', { name: button }).first().click();
    },
    /** Fills a field of a webview by its label. */
    async webviewFill(content: string, label: string, text: string): Promise<void> {
      await (await webview(content)).getByLabel(label).first().fill(text);
    },
    async webviewPress(content: string, selector: string, key: string): Promise<void> {
      await (await webview(content)).locator(selector).first().press(key);
    },
  };
}
