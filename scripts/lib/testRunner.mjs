/** Runs the test files of one layer with Node's own test runner and tells what happened. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { node24 } from '../node24.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

const reporter = new URL('resultReporter.mjs', import.meta.url).href;
const endOfFile = new URL('endOfFile.mjs', import.meta.url).href;

/** Test files under a folder of the repository, relative to it. */
export function testFiles(folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name));
}

/**
 * @param {string} layer for messages
 * @param {readonly string[]} files relative to the repository
 * @param {{args?: readonly string[], env?: Record<string, string>}} [options] `args`: more for the test runner
 * @returns {Promise<{passed: number, failed: number, failures: readonly object[], files: readonly {file: string, milliseconds: number}[], problem?: string}>}
 *   `problem`: why the counts alone would mislead
 */
export async function runTests(layer, files, { args = [], env = {} } = {}) {
  if (files.length === 0) return { passed: 0, failed: 0, failures: [], files: [], problem: 'there is no test file' };
  // Two runs at the same time do not write into one file.
  const results = path.join(root, 'test-results', `${layer}-${process.pid}.json`);
  await mkdir(path.dirname(results), { recursive: true });
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${reporter}`, `--test-reporter-destination=${results}`];
  const { code } = await run(await node24(), ['--test', `--import=${endOfFile}`, '--disable-warning=ExperimentalWarning', ...reporters, ...args, ...files], { cwd: root, env: { ...process.env, ...env } });
  const { skipped, failures, ...done } = await readResults(results);
  await rm(results, { force: true });
  reportSlowest(done.files);
  return { ...done, failures: failures.map((failure) => ({ layer, ...failure })), ...problemOf({ code, skipped, ...done }) };
}

/** A runner that was killed has written nothing, or half of it. */
async function readResults(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failures: [], files: [] };
  }
}

/** Where the time went. */
function reportSlowest(files) {
  if (files.length < 2) return;
  console.log('\nThe files that took longest:');
  for (const { file, milliseconds } of [...files].sort((one, other) => other.milliseconds - one.milliseconds).slice(0, 15)) console.log(`${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${path.relative(root, file)}`);
}

function problemOf({ code, passed, failed, skipped }) {
  if (skipped > 0) return { problem: `${skipped} skipped: a test that does not run proves nothing` };
  if (failed > 0) return {};
  if (passed === 0) return { problem: 'no test ran' };
  return code === 0 ? {} : { problem: `the test runner ended with code ${code}` };
}
