/** Starts the editor of the cache on a free port, with folders of its own, and ends it with everything it started. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { editor } from './editor.mjs';
import { freePort } from './postgres.mjs';
import { endGuarded, spawnGuarded } from './reaper.mjs';
import { runOrThrow } from './run.mjs';

/** Quiet: no welcome page, no side bar for chats, nothing that asks the network. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'editor.minimap.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  // Of many listening ports the editor speaks up, and over what is to be pressed.
  'remote.autoForwardPorts': false,
};

/**
 * @param {object} options
 * @param {string} options.home folder for user data and extensions
 * @param {readonly string[]} options.extensions folders, linked in as they are, or VSIX files, installed
 * @param {Record<string, unknown>} [options.settings] the person's own, over the quiet ones
 * @param {Record<string, string>} [options.env] for the extension host
 * @param {string} [options.version] of code-server
 * @param {number} [options.port] a free one when absent
 * @param {boolean} [options.keepSettings] leaves the person's settings of an earlier start as they are
 */
export async function startCodeServer({ home, extensions, settings = {}, env = {}, version, port: wantedPort, keepSettings = false }) {
  const { node, entry } = await editor(version);
  const folders = { userData: path.join(home, 'user-data'), extensions: path.join(home, 'extensions') };
  await mkdir(path.join(folders.userData, 'User'), { recursive: true });
  await mkdir(folders.extensions, { recursive: true });
  const settingsFile = path.join(folders.userData, 'User/settings.json');
  if (!keepSettings || !existsSync(settingsFile)) await writeFile(settingsFile, `${JSON.stringify({ ...quietSettings, ...settings }, undefined, 2)}\n`);
  const common = ['--config', path.join(home, 'config.yaml'), '--user-data-dir', folders.userData, '--extensions-dir', folders.extensions];
  const environment = { ...cleanEnvironment(), ...env };
  for (const extension of extensions) {
    if (extension.endsWith('.vsix')) await runOrThrow(node, [entry, ...common, '--install-extension', extension, '--force'], { env: environment });
    else await linkExtension(folders.extensions, extension);
  }
  const { port, child, log } = await launch({ node, entry, common, environment, wantedPort });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    port,
    pid: child.pid,
    log,
    url: (folder) => `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`,
    /** At once: nothing of it is kept but files already written. */
    stop: () => endGuarded(child, 'SIGKILL'),
    /** Resolves when it ended, for whatever reason. */
    ended,
  };
}

async function launch({ node, entry, common, environment, wantedPort }) {
  for (let attempt = 1; ; attempt++) {
    // Somebody may take the port between the look and the start.
    const port = wantedPort ?? (await freePort());
    const flags = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
    const child = spawnGuarded(node, [entry, ...flags, ...common], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = collect(child);
    if (await becomesHealthy(child, port)) return { port, child, log };
    await endGuarded(child);
    const isTaken = wantedPort === undefined && log().includes('EADDRINUSE');
    if (!isTaken || attempt === 5) throw new Error(`The editor did not start:\n${log()}`);
  }
}

/** The editor reads the manifest in the folder; the link's own name only has to be unique. */
async function linkExtension(folder, source) {
  const { publisher, name, version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const target = path.join(folder, `${publisher}.${name}-${version}`);
  await rm(target, { recursive: true, force: true });
  await symlink(source, target, 'junction');
}

/** Settings of another editor around us, or of another database, are not meant for this one. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VSCODE_|PG|npm_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|ELECTRON_)/.test(name)));
}

function collect(child) {
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      lines.splice(0, Math.max(0, lines.length - 500));
    });
  }
  return () => lines.join('\n');
}

async function becomesHealthy(child, port) {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (response?.ok) {
      for (const part of [child, child.stdout, child.stderr]) part.unref();
      return true;
    }
    await delay(50);
  }
  return false;
}
