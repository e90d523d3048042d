/** Runs the test files of one layer with Node's own test runner and tells what happened. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { node24 } from '../node24.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

const reporter = new URL('resultReporter.mjs', import.meta.url).href;
const endOfFile = new URL('endOfFile.mjs', import.meta.url).href;
/** What Node made of the sources, for the next process that reads them: each test file is one, and starts others. */
const compiled = path.join(root, 'node_modules/.cache/compiled');

/** Test files under a folder of the repository, relative to it. */
export function testFiles(folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name));
}

/**
 * @typedef {{passed: number, failed: number, skipped: number, failures: readonly object[], files: readonly {file: string, milliseconds: number}[], notes: readonly string[]}} Results
 *
 * @param {string} layer for messages
 * @param {readonly string[]} files relative to the repository
 * @param {{args?: readonly string[], workers?: readonly Record<string, string>[]}} [options]
 *   `args`: more for the test runner. `workers`: environments, each for one file at a time; nothing that they name is shared
 * @returns {Promise<Omit<Results, 'skipped'> & {problem?: string, unsteady: readonly object[]}>} `problem`: why the counts alone would mislead
 */
export async function runTests(layer, files, { args = [], workers = [{}] } = {}) {
  const first = workers.length === 1 ? [await runFiles(layer, files, { args, env: workers[0] })] : await share(layer, files, { args, workers });
  return total(await tryAgain(layer, first, { args, env: workers[0] }), files);
}

function total({ runs, unsteady }, files) {
  const sum = (key) => runs.reduce((total, done) => total + done[key], 0);
  const all = { passed: sum('passed'), failed: sum('failed'), failures: runs.flatMap(({ failures }) => failures), files: runs.flatMap((done) => done.files), unsteady };
  reportSlowest(all.files);
  const problem = files.length === 0 ? 'there is no test file' : problemOf({ ...all, skipped: sum('skipped') });
  return { ...all, ...(problem === undefined ? {} : { problem }) };
}

/** More than so many are no accident. */
const mostSecondTries = 3;

/**
 * A file whose tests only waited too long, on a machine busy with others, runs again, alone. Whatever a test found to be *wrong* is
 * never tried again: a fault that shows itself one time in ten is a fault.
 */
async function tryAgain(layer, first, options) {
  const unsteady = [];
  for (const file of tiredFiles(first)) {
    console.log(`\n${path.relative(root, file)} once more, alone:`);
    const again = await runFiles(layer, [path.relative(root, file)], options);
    // A file that has no tests of its own is no proof either.
    if (again.failed === 0 && again.passed > 0) unsteady.push(...first.flatMap(({ failures }) => failures.filter((failure) => failure.file === file)));
  }
  const runs = first.map((done) => {
    const failures = done.failures.filter((failure) => !unsteady.includes(failure));
    return { ...done, failures, failed: failures.length, passed: done.passed + done.failures.length - failures.length };
  });
  return { runs, unsteady };
}

function tiredFiles(runs) {
  const failures = runs.flatMap((done) => done.failures);
  const files = [...new Set(failures.map(({ file }) => file))];
  const tired = files.filter((file) => file !== undefined && failures.every((failure) => failure.file !== file || failure.isPatience || failure.isConsequence));
  return tired.length > mostSecondTries ? [] : tired;
}

/** Groups of files at the same time, each in one process. What a group wrote is shown when it failed. */
export async function runGroups(layer, groups, { args = [] } = {}) {
  const runs = await Promise.all(
    groups.map(async (files) => {
      const done = await runFiles(layer, files, { args, env: {}, quiet: true });
      console.log(`${done.failed > 0 ? '✖' : '✔'} ${files.length} files: ${done.passed} passed${done.failed > 0 ? `, ${done.failed} failed\n${done.output}` : ''}`);
      return done;
    }),
  );
  return total(await tryAgain(layer, runs, { args, env: {} }), groups.flat());
}

/** Each worker takes the next file when it is done with one. What a file wrote is shown when it failed. */
async function share(layer, files, { args, workers }) {
  const waiting = [...files];
  const runs = [];
  const work = async (env) => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const started = performance.now();
      const done = await runFiles(layer, [file], { args, env, quiet: true });
      const milliseconds = performance.now() - started;
      runs.push({ ...done, files: [{ file: path.join(root, file), milliseconds }] });
      console.log(`${done.failed > 0 ? '✖' : '✔'} ${file}: ${done.passed} passed${done.failed > 0 ? `, ${done.failed} failed` : ''} (${(milliseconds / 1000).toFixed(1)} s)`);
      for (const note of done.notes) console.log(`  ℹ ${note}`);
      if (done.failed > 0) console.log(done.output);
    }
  };
  await Promise.all(workers.map(work));
  return runs;
}

let lastRun = 0;

/** @returns {Promise<Results & {output: string}>} */
async function runFiles(layer, files, { args, env, quiet = false }) {
  // Two runs at the same time do not write into one file, also where their tests are called the same.
  lastRun += 1;
  const results = path.join(root, 'test-results', `${layer}-${process.pid}-${lastRun}.json`);
  await mkdir(path.dirname(results), { recursive: true });
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${reporter}`, `--test-reporter-destination=${results}`];
  const command = ['--test', `--import=${endOfFile}`, '--disable-warning=ExperimentalWarning', ...reporters, ...args, ...files];
  const { code, output } = await run(await node24(), command, { cwd: root, env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...env }, quiet });
  const done = await readResults(results);
  await rm(results, { force: true });
  const failures = [...done.failures];
  if (done.isLost && code === 0) failures.push({ name: files.length === 1 ? files[0] : layer, error: 'what its tests said was lost', isConsequence: false });
  if (code !== 0 && done.failed === 0) failures.push({ name: files.length === 1 ? files[0] : layer, error: `the test runner ended with code ${code}\n${output}`, isConsequence: false });
  // A suite that several files share is not where it failed.
  const only = files.length === 1 ? { file: path.join(root, files[0]) } : {};
  return { ...done, failed: failures.length, failures: failures.map((failure) => ({ layer, ...failure, ...only })), output };
}

/** A runner that was killed has written nothing, or half of it. */
async function readResults(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failures: [], files: [], notes: [], isLost: true };
  }
}

/** Where the time went. */
function reportSlowest(files) {
  if (files.length < 2) return;
  console.log('\nThe files that took longest:');
  for (const { file, milliseconds } of [...files].sort((one, other) => other.milliseconds - one.milliseconds).slice(0, 15)) console.log(`${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${path.relative(root, file)}`);
}

function problemOf({ passed, failed, skipped }) {
  if (skipped > 0) return `${skipped} skipped: a test that does not run proves nothing`;
  return passed === 0 && failed === 0 ? 'no test ran' : undefined;
}
