/** Opens the built pages in a real browser, without the editor: its shell, its policy, its theme, and a host that a test plays. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { renderShell } from '../../../src/editor/webviewShell.ts';
import type { Theme } from './themes.ts';
import { bodyClass, themeSheet } from './themes.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const origin = 'https://pages.invalid';
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

export type Message = { readonly type: string } & Readonly<Record<string, unknown>>;

export type PageName = 'review' | 'results' | 'confirmInEditor';

export type OpenPage = {
  readonly page: Page;
  /** The host speaks. */
  send(...messages: readonly object[]): Promise<void>;
  /** What the page said, oldest first. */
  posted(type?: string): Promise<readonly Message[]>;
  /** Waits until the page said this often enough. */
  waitForPosted(type: string, count?: number): Promise<readonly Message[]>;
  /** Things that must never happen: script errors, other addresses asked for, policy violations by scripts. */
  readonly incidents: readonly string[];
  close(): Promise<void>;
};

export type OpenOptions = {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** The test moves the page's clock. */
  readonly clock?: boolean;
  /** Answers of the host, given at once. */
  answer?(message: Message): object | undefined;
};

type Browsers = { chromium(): Promise<string>; readonly chromiumArguments: readonly string[] };

export async function launchBrowser(): Promise<Browser> {
  const tools = (await import(new URL('../../../scripts/lib/chromium.mjs', import.meta.url).href)) as Browsers;
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? (await tools.chromium()), args: [...tools.chromiumArguments] });
}

export async function openPage(browser: Browser, name: PageName, options: OpenOptions = {}): Promise<OpenPage> {
  const { theme = 'dark', width = 980, height = 900 } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme.includes('light') ? 'light' : 'dark', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const incidents: string[] = [];
  page.on('pageerror', (error) => incidents.push(`script error: ${error.message}`));
  await context.route('**/*', (route) => {
    const body = fileFor(new URL(route.request().url()), name, theme);
    if (body !== undefined) return route.fulfill(body);
    incidents.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  await page.exposeFunction('hostReceives', async (message: Message) => {
    const reply = options.answer?.(message);
    if (reply !== undefined) await page.evaluate((data) => window.postMessage(data, '*'), reply);
  });
  if (options.clock === true) await page.clock.install();
  await page.addInitScript(playEditor);
  await page.goto(`${origin}/${name}.html`);
  // From here on it is the test's: a slow machine must not make half a second pass between two steps.
  if (options.clock === true) await page.clock.pauseAt(Date.now() + 60_000);
  const posted = async (type?: string) => (await page.evaluate(() => window.posted)).filter((message) => type === undefined || message.type === type);
  return {
    page,
    incidents,
    posted,
    send: async (...messages) => {
      for (const message of messages) await page.evaluate((data) => window.postMessage(data, '*'), message);
    },
    waitForPosted: async (type, count = 1) => {
      await page.waitForFunction(([wanted, least]) => window.posted.filter((message) => message.type === wanted).length >= least, [type, count] as const);
      return posted(type);
    },
    close: async () => {
      incidents.push(...(await page.evaluate(() => window.violations)).map((violation) => `policy: ${violation}`));
      await context.close();
    },
  };
}

declare global {
  interface Window {
    posted: Message[];
    violations: string[];
    hostReceives(message: Message): Promise<void>;
    acquireVsCodeApi(): unknown;
  }
}

/** Runs in the page before anything else: what the editor gives to a webview. */
function playEditor(): void {
  window.posted = [];
  window.violations = [];
  window.addEventListener('securitypolicyviolation', (event) => {
    // The component library tries out a style element to learn what the browser can do, and lives with the refusal.
    if (event.effectiveDirective === 'style-src-elem' && event.blockedURI === 'inline' && !event.composedPath().includes(document.body)) return;
    window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
  });
  let isTaken = false;
  window.acquireVsCodeApi = () => {
    if (isTaken) throw new Error('An instance of the VS Code API has already been acquired');
    isTaken = true;
    return {
      postMessage: (message: Message) => {
        window.posted.push(structuredClone(message));
        void window.hostReceives(message);
      },
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
    };
  };
}

function fileFor(url: URL, name: string, theme: Theme): { contentType: string; body: string } | undefined {
  if (url.origin !== origin) return undefined;
  if (url.pathname === `/${name}.html`) return { contentType: 'text/html', body: htmlFor(name, theme) };
  if (url.pathname === '/theme.css') return { contentType: 'text/css', body: themeSheet(theme) };
  const file = path.join(root, 'dist/webview', path.basename(url.pathname));
  const contentType = types[path.extname(file)];
  if (contentType === undefined) return undefined;
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
  return { contentType, body: readFileSync(file, 'utf8') };
}

function htmlFor(name: string, theme: Theme): string {
  const shell = renderShell({ nonce: 'bm9uY2U', cspSource: origin, script: `${origin}/${name}.js`, style: `${origin}/${name}.css`, title: name });
  return shell.replace('<title>', `<link rel="stylesheet" href="${origin}/theme.css"><title>`).replace('<body>', `<body class="${bodyClass[theme]}">`);
}
