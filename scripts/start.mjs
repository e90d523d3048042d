/**
 * The product on a machine that has nothing but Node and npm: a real PostgreSQL with a demo shop, and an editor on it.
 *
 *     npm start                 until Ctrl+C
 *     npm start -- --reset      with the demo made anew
 *     npm start -- --check      does the tour by itself and compares with the database
 *
 * COUNTERSIGN_DEMO names another demo, with data and settings of its own.
 */
import path from 'node:path';
import { ensureDependencies } from './lib/npm.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { progress } from './lib/progress.mjs';

const options = new Set(process.argv.slice(2));
const unknown = [...options].filter((option) => !['--reset', '--check'].includes(option));
if (unknown.length > 0) {
  console.error(`Unknown option ${unknown.join(' ')}. There are --reset and --check.`);
  process.exit(2);
}

const isCheck = options.has('--check');
const running = [];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(isCheck ? 130 : 0));

/** Ends what was started, the last first. A second signal does not wait. */
async function stop(code) {
  if (running.isStopping) process.exit(code);
  running.isStopping = true;
  if (!isCheck && code === 0) console.log('\nStopping …');
  for (const part of running.reverse()) await part.stop();
  if (!isCheck && code === 0) console.log('Everything stopped. The demo is kept for the next start.');
  process.exit(code);
}

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  await stop(1);
}

async function main() {
  const started = performance.now();
  await progress('Dependencies', ensureDependencies, (installed) => (installed ? 'installed' : 'up to date'));
  // Nothing that needs a dependency may be loaded before this line.
  const [{ createPackage }, demo, { withLock }] = await Promise.all([import('./package.mjs'), import('./lib/demo.mjs'), import('./lib/lock.mjs')]);
  const name = process.env['COUNTERSIGN_DEMO'] ?? (isCheck ? 'demo-check' : 'demo');
  await withLock(path.join(cacheDir, `${name}.lock`), async () => {
    const folders = await demo.demoFolders(name);
    if (isCheck || options.has('--reset')) await progress('Old demo removed', () => demo.removeDemo(folders));
    const vsix = await progress('Extension', createPackage, (file) => path.relative(root, file));
    const server = await progress('PostgreSQL', () => startServer(demo, folders), ({ rows, port }) => `shop with ${rows.toLocaleString('en')} rows on port ${port}`);
    await progress('Workspace', () => demo.prepareWorkspace(folders, server), () => folders.workspace);
    if (isCheck) await checkInBrowser(demo, folders, vsix, server);
    else await openForPerson(demo, folders, vsix, started);
  }, refuseSecond);
}

/** The demo has one server and one editor: two of them would write into the same folders. */
function refuseSecond() {
  throw new Error('The demo is already running in another terminal. Stop it there first.');
}

async function startServer(demo, folders) {
  const server = await demo.startDemoServer(folders);
  running.push(server);
  return Object.assign(server, { rows: await demo.countRows(server, 'shop') });
}

async function openForPerson(demo, folders, vsix, started) {
  const [{ desktopEditor, openDesktop }, { demoPersonHint, startDemoPerson }] = await Promise.all([import('./lib/desktop.mjs'), import('./lib/demoPerson.mjs')]);
  const desktop = desktopEditor();
  const opened = desktop
    ? await progress('VS Code', () => openDesktop(desktop, folders, vsix))
    : await progress('Editor', () => openInBrowser(demo, folders, vsix), ({ version }) => `code-server ${version}`);
  running.push(opened);
  console.log(`\nReady in ${((performance.now() - started) / 1000).toFixed(1)} s. ${opened.url ? `Open  ${opened.url}` : 'VS Code is opening.'}`);
  console.log(`Begin with 1-read.sql. The password of both demo connections is: ${demo.demoPassword}`);
  console.log(`\n${demoPersonHint}\n`);
  console.log('Ctrl+C stops everything.');
  await startDemoPerson(folders.person);
  const keepAlive = setInterval(() => undefined, 60_000);
  await opened.ended;
  clearInterval(keepAlive);
  if (!running.isStopping) await stop(opened.url ? 1 : 0);
}

async function openInBrowser(demo, folders, vsix) {
  const [{ startCodeServer }, { editorVersions }] = await Promise.all([import('./lib/codeServer.mjs'), import('./lib/editor.mjs')]);
  const server = await startCodeServer({ home: folders.editor, extensions: [vsix], port: await demo.editorPort(folders), keepSettings: true });
  return { ...server, url: server.url(folders.workspace), version: editorVersions.current };
}

/** In a process of its own: the helpers that drive the browser are TypeScript, which the Node of the machine may not read. */
async function checkInBrowser(demo, folders, vsix, server) {
  const [{ node24 }, { run }, { chromium }, { editor }] = await Promise.all([import('./node24.mjs'), import('./lib/run.mjs'), import('./lib/chromium.mjs'), import('./lib/editor.mjs')]);
  await progress('Editor', editor, ({ version }) => `code-server ${version}`);
  const browser = await progress('Browser', chromium, (file) => file);
  const env = { ...process.env, COUNTERSIGN_CHROMIUM: browser, COUNTERSIGN_DEMO_FACTS: JSON.stringify({ vsix, workspace: folders.workspace, database: server.url('shop'), person: folders.person }) };
  const { code } = await run(await node24(), ['--disable-warning=ExperimentalWarning', path.join(root, 'test/demo/check.ts')], { cwd: root, env });
  // Stopped last: what a failed check left is kept to be looked at.
  if (code === 0) running.unshift({ stop: () => demo.removeDemo(folders) });
  await stop(code);
}
