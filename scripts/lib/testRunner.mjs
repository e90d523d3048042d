/** Runs the test files of one layer with Node's own test runner and counts what happened. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { node24 } from '../node24.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

const reporter = new URL('countingReporter.mjs', import.meta.url).href;

/** Test files under a folder of the repository, relative to it. */
export function testFiles(folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name));
}

/**
 * @param {string} layer names the file with the counts
 * @param {readonly string[]} files relative to the repository
 * @param {{args?: readonly string[], env?: Record<string, string>}} [options] `args`: more for the test runner
 * @returns {Promise<{passed: number, failed: number, problem?: string}>} `problem`: why the counts alone would mislead
 */
export async function runTests(layer, files, { args = [], env = {} } = {}) {
  if (files.length === 0) return { passed: 0, failed: 0, problem: 'there is no test file' };
  const counts = path.join(root, 'test-results', `${layer}.json`);
  await mkdir(path.dirname(counts), { recursive: true });
  await rm(counts, { force: true });
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${reporter}`, `--test-reporter-destination=${counts}`];
  const { code } = await run(await node24(), ['--test', '--disable-warning=ExperimentalWarning', ...reporters, ...args, ...files], { cwd: root, env: { ...process.env, ...env } });
  const { passed, failed, skipped } = JSON.parse(await readFile(counts, 'utf8').catch(() => '{"passed":0,"failed":0,"skipped":0}'));
  return { passed, failed, ...problemOf({ code, passed, failed, skipped }) };
}

function problemOf({ code, passed, failed, skipped }) {
  if (skipped > 0) return { problem: `${skipped} skipped: a test that does not run proves nothing` };
  if (failed > 0) return {};
  if (passed === 0) return { problem: 'no test ran' };
  return code === 0 ? {} : { problem: `the test runner ended with code ${code}` };
}

