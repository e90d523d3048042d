/**
 * Everything that proves the product, from nothing: `npm test`, or one layer of it.
 *
 *     node scripts/test.mjs [unit|db|editor|package] [test files] [--test-… options]
 */
import os from 'node:os';
import { build } from './build.mjs';
import { check, reportChecks } from './check.mjs';
import { describeFailures, describeUnsteady } from './lib/failures.mjs';
import { ensureDependencies } from './lib/npm.mjs';
import { longestFirst } from './lib/longTests.mjs';
import { runGroups, runTests, testFiles } from './lib/testRunner.mjs';

const [layer, ...rest] = process.argv.slice(2);
const files = rest.filter((word) => !word.startsWith('--'));
const options = rest.filter((word) => word.startsWith('--'));

const layers = {
  unit: units,
  db: () => runShared('db', chosen('test/contract', 'test/integration'), { seconds: 120, start: withServers }),
  editor: () => runShared('editor', chosen('test/host', 'test/e2e'), { seconds: 180, start: async (work) => withDatabase(async (env) => work({ ...env, ...(await editorEnvironment()) })) }),
  package: packageChecks,
};
const needsBuild = new Set(['db', 'editor']);

/** One row of the final table for each step; `problem` fails the run even when nothing was counted as failed. */
const results = [];

async function step(name, work) {
  console.log(`\n── ${name} ──`);
  const started = performance.now();
  const result = await work().catch((error) => ({ passed: 0, failed: 1, problem: error instanceof Error ? error.message : String(error) }));
  results.push({ name, milliseconds: performance.now() - started, ...result });
  return result.failed === 0 && result.problem === undefined;
}

async function all() {
  const isReady = (await step('install', install)) && (await step('build', buildOnce));
  if (!isReady) return;
  // Fetching waits for the network mostly. Nothing that measures time runs beside it.
  const fetching = editorEnvironment();
  fetching.catch(() => undefined);
  await step('check', checks);
  await step('fetch', async () => {
    await fetching;
    return { passed: 0, failed: 0 };
  });
  for (const [name, work] of Object.entries(layers)) await step(name, work);
}

async function one(name) {
  const isReady = (await step('install', install)) && (!needsBuild.has(name) || (await step('build', buildOnce)));
  if (isReady) await step(name, layers[name]);
}

async function install() {
  console.log((await ensureDependencies()) ? 'installed' : 'up to date');
  return { passed: 0, failed: 0 };
}

async function buildOnce() {
  await build();
  // For tests that start what was built.
  process.env['COUNTERSIGN_BUILT'] = 'yes';
  return { passed: 0, failed: 0 };
}

const checks = async () => counted('check', await check());

async function packageChecks() {
  const { createPackage, checkPackage } = await import('./package.mjs');
  return counted('package', await checkPackage(await createPackage()));
}

function counted(layer, done) {
  reportChecks(done);
  const failures = done.filter(({ ok }) => !ok).map(({ name, output }) => ({ layer, name, error: output, isConsequence: false }));
  return { passed: done.length - failures.length, failed: failures.length, failures };
}

function chosen(...folders) {
  return files.length > 0 ? files : longestFirst(folders.flatMap(testFiles));
}

/** What reads modules, and what makes bundles of them, beside each other. */
async function units() {
  const run = { args: ['--test-isolation=none', ...options] };
  return files.length > 0 ? runTests('unit', files, run) : runGroups('unit', [testFiles('test/unit'), testFiles('test/arch')], run);
}

/** Two files at a time. Each of the two has servers of its own: what a test does to a whole server, no other one sees. */
function runShared(name, names, { seconds, start }) {
  const count = Math.max(1, Math.min(2, os.availableParallelism(), names.length));
  const begin = (workers) => (workers.length < count ? start((env) => begin([...workers, env])) : runTests(name, names, { args: [`--test-timeout=${seconds * 1000}`, ...options], workers }));
  return begin([]);
}

/** One server for all files of a worker; each test makes a database of its own on it. */
async function withDatabase(work) {
  const { startPostgres } = await import('./lib/postgres.mjs');
  const server = await startPostgres({ name: 'tests', settings: { max_connections: 200 } });
  try {
    return await work({ COUNTERSIGN_TEST_POSTGRES: server.url() });
  } finally {
    await server.stop();
  }
}

/** The servers of every dialect. Where there is no MySQL or MariaDB its tests are skipped, and the table says so. */
async function withServers(work) {
  return withDatabase(async (env) => {
    const others = await startOthers();
    try {
      return await work({ ...env, ...Object.assign({}, ...others.map((other) => other.env)) });
    } finally {
      await Promise.all(others.map((other) => other.stop()));
    }
  });
}

async function startOthers() {
  const [{ startMysql }, { startMariadb }] = await Promise.all([import('./lib/mysql.mjs'), import('./lib/mariadb.mjs')]);
  const others = [];
  for (const [name, start] of [['POSTGRES_SYSTEM', startSystemPostgres], ['MARIADB', startMariadb], ['MYSQL', startMysql]]) others.push(await startOther(name, start));
  return others;
}

/** The other version of PostgreSQL: the system's own. */
async function startSystemPostgres() {
  const { startPostgres } = await import('./lib/postgres.mjs');
  const server = await startPostgres({ name: 'tests of another version', from: 'system', settings: { max_connections: 100 } });
  return { url: server.url(), stop: server.stop };
}

async function startOther(name, start) {
  const variable = `COUNTERSIGN_TEST_${name}_URL`;
  const stop = async () => undefined;
  if (process.env[variable] !== undefined) return { env: {}, stop };
  try {
    const server = await start();
    return { env: { [variable]: server.url }, stop: server.stop };
  } catch (error) {
    const reason = String(error.message).replaceAll(/\s+/g, ' ').slice(0, 400);
    // For a person's machine. Where changes are accepted, a proof that did not run is no proof.
    if (!results.some((result) => result.name === name.toLowerCase())) results.push({ name: name.toLowerCase(), milliseconds: 0, passed: 0, failed: 0, ...(process.env['CI'] ? { problem: reason } : { skipped: reason }) });
    return { env: { [`COUNTERSIGN_TEST_${name}_MISSING`]: reason }, stop };
  }
}

let editorTools;

/** Fetches the editors and a browser before the first test, so that no test waits for a download. */
function editorEnvironment() {
  return (editorTools ??= fetchEditors());
}

async function fetchEditors() {
  const [{ editor, editorVersions }, { chromium }] = await Promise.all([import('./lib/editor.mjs'), import('./lib/chromium.mjs')]);
  const [browser] = await Promise.all([chromium(), ...Object.values(editorVersions).map((version) => editor(version))]);
  return { COUNTERSIGN_CHROMIUM: browser };
}

function report() {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log('');
  for (const { name, milliseconds, passed, failed, problem, skipped } of results) {
    const mark = failed > 0 || problem !== undefined ? '✖' : skipped === undefined ? '✔' : '–';
    const counts = passed + failed > 0 ? `${passed} passed, ${failed} failed` : '';
    const why = skipped === undefined ? problem : `tests skipped: ${skipped}`;
    console.log(`${mark} ${name.padEnd(width)} ${`${(milliseconds / 1000).toFixed(1)} s`.padStart(8)}  ${[counts, why].filter(Boolean).join('; ')}`);
  }
  const failures = describeFailures(results.flatMap(({ failures: some = [] }) => some));
  const unsteady = describeUnsteady(results.flatMap(({ unsteady: some = [] }) => some));
  for (const text of [unsteady, failures]) if (text !== '') console.log(`\n${text}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const unaccounted = results.some(({ failed, problem }) => problem !== undefined && failed === 0) ? 1 : 0;
  console.log(`\n${sum('passed')} passed, ${sum('failed') + unaccounted} failed`);
  return sum('failed') + unaccounted === 0;
}

if (layer !== undefined && !(layer in layers)) {
  console.error(`There is no layer '${layer}'. Layers: ${Object.keys(layers).join(', ')}.`);
  process.exit(2);
}
await (layer === undefined ? all() : one(layer));
process.exitCode = report() ? 0 : 1;
