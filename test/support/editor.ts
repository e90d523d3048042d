/** A real editor with the extension in it, and a page of it in a real browser. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, type TestContext } from 'node:test';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { chromium, chromiumArguments } from '../../scripts/lib/chromium.mjs';
import { startCodeServer, type CodeServer } from '../../scripts/lib/codeServer.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { removeFolder, temporaryFolder } from '../../scripts/lib/reaper.mjs';
import { createWorkbench, type Workbench } from './workbench.ts';

export type EditorOptions = {
  /** Folder to open; one of the editor's own when absent. */
  readonly workspace?: string;
  /** Files of the workspace: path in it → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** The person's own settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Extension folders to link in beside ours, or ours as a VSIX. Default: the repository. */
  readonly extensions?: readonly string[];
  /** Version of code-server. */
  readonly version?: string;
  readonly colorScheme?: 'light' | 'dark';
};

export type Editor = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What a person does there. */
  readonly ui: Workbench;
  /** Folder that is open in the editor. */
  readonly workspace: string;
  /** Folder with `user-data` and `extensions`. */
  readonly home: string;
  readonly server: CodeServer;
  /** Loads the window anew; the extension host is a new one. */
  readonly reload: () => Promise<void>;
  /** Ends the extension host as a crash would. */
  readonly killExtensionHost: () => void;
  /** Saves a picture under test-results/ and returns its path. */
  readonly screenshot: (name: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Starts an editor on a workspace of its own. Takes 3 to 6 seconds; one per test file is enough. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const home = await temporaryFolder('countersign-editor-');
  const workspace = options.workspace ?? path.join(home, 'workspace');
  await writeFiles(workspace, options.files ?? {});
  const server = await startCodeServer({
    home,
    extensions: options.extensions ?? [root],
    ...(options.settings ? { settings: options.settings } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.version ? { version: options.version } : {}),
  });
  const browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    colorScheme: options.colorScheme ?? 'dark',
    reducedMotion: 'reduce',
    // Without these, reading the clipboard waits for a question nobody sees.
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const ui = createWorkbench(page);
  await page.goto(server.url(workspace));
  await ui.ready();
  return {
    page,
    context,
    ui,
    workspace,
    home,
    server,
    async reload() {
      // The editor's own way: a reload of the page could come before it has written down what is open.
      await Promise.all([page.waitForEvent('load'), ui.command('Developer: Reload Window')]);
      await ui.ready();
    },
    killExtensionHost: () => process.kill(extensionHostPid(home), 'SIGKILL'),
    screenshot: (name) => saveScreenshot(page, name),
    async stop() {
      await browser.close();
      await server.stop();
      await removeFolder(home);
    },
  };
}

/** An editor for the tests of the enclosing suite; a failed test leaves a picture under test-results/. */
export function useEditor(options: EditorOptions | (() => Promise<EditorOptions>) = {}): { readonly editor: Editor; readonly ui: Workbench } {
  let editor: Editor | undefined;
  const started = (): Editor => {
    if (!editor) throw new Error('The editor starts with the first test of the suite');
    return editor;
  };
  before(async () => {
    editor = await startEditor(typeof options === 'function' ? await options() : options);
  });
  afterEach(async (test) => {
    const { fullName, passed } = test as TestContext & { passed: boolean };
    if (!passed) await editor?.screenshot(fullName);
  });
  after(() => editor?.stop());
  return {
    get editor() {
      return started();
    },
    get ui() {
      return started().ui;
    },
  };
}

export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium(), args: [...chromiumArguments] });
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

async function saveScreenshot(page: Page, name: string): Promise<string> {
  const file = path.join(root, 'test-results', `${name.replace(/[^\w./-]+/g, '-').slice(0, 120)}.png`);
  await mkdir(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  return file;
}

/** The process that runs the extensions of an editor: its command line says what it is and its parents lead to the editor. */
function extensionHostPid(home: string): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const all = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((match) => match !== null);
  const parents = new Map(all.map(([, pid, parent]) => [Number(pid), Number(parent)]));
  const servers = new Set(all.filter(([, , , args]) => args?.includes(home)).map(([, pid]) => Number(pid)));
  const isOurs = (pid: number): boolean => pid > 1 && (servers.has(pid) || isOurs(parents.get(pid) ?? 0));
  const host = all.find(([, pid, , args]) => args?.includes('--type=extensionHost') && isOurs(Number(pid)));
  if (!host) throw new Error('There is no extension host: has a page connected?');
  return Number(host[1]);
}

