/** A run that fails says at its very end what failed and why: where changes are accepted, only the end of its log is kept. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { before, describe, it } from 'node:test';
import { describeFailures, describeUnsteady, type TestFailure } from '../../../scripts/lib/failures.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { temporaryFolder } from '../../../scripts/lib/reaper.mjs';
import { runTests } from '../../../scripts/lib/testRunner.mjs';

const tool = (name: string): string => new URL(`../../../scripts/lib/${name}`, import.meta.url).href;
const tools = [`--test-reporter=${tool('resultReporter.mjs')}`, `--import=${tool('endOfFile.mjs')}?patience=200`];

const planted = {
  'many.test.js': `
    const { before, describe, it } = require('node:test');
    const assert = require('node:assert/strict');
    describe('outer', () => {
      describe('inner', () => it('compares', () => assert.equal(1, 2, 'one is not two')));
      it('throws', () => { throw new Error('first', { cause: new Error('second') }); });
      it('is fine', () => undefined);
    });
    describe('hooked', () => { before(() => { throw new Error('the hook broke'); }); it('never starts', () => undefined); });
    it('takes long', { timeout: 50 }, () => new Promise((resolve) => setTimeout(resolve, 5000).unref()));
    it('is left out', { skip: true }, () => undefined);`,
  'broken.test.js': `require('./nowhere.js');`,
  'stays.test.js': `
    const { it } = require('node:test');
    it('is fine', () => void require('node:net').createServer().listen(0));`,
  'gone.test.js': `process.kill(process.pid, 'SIGKILL');`,
};

describe('a run with failures', () => {
  let results: { passed: number; failed: number; skipped: number; failures: TestFailure[]; files: { file: string }[] };
  let told: string;

  before(async () => {
    const folder = await temporaryFolder('countersign-failures-');
    for (const [name, lines] of Object.entries(planted)) await writeFile(path.join(folder, name), lines);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const runner = spawn(process.execPath, ['--test', ...tools, ...Object.keys(planted).map((name) => path.join(folder, name))], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    results = JSON.parse(await text(runner.stdout));
    told = describeFailures(results.failures.map((failure) => ({ ...failure, layer: 'db' })));
  });

  it('counts tests and hooks, not suites', () => {
    const { passed, failed, skipped } = results;
    assert.deepEqual({ passed, failed, skipped }, { passed: 2, failed: 8, skipped: 1 });
    assert.deepEqual(results.files.map(({ file }) => path.basename(file)), ['many.test.js']);
  });

  for (const [what, expected] of [
    ['a failed comparison, with the suites it is in', /many\.test\.js: outer › inner › compares\n {4}AssertionError.*one is not two/u],
    ['an error and its cause', /outer › throws\n {4}Error: first\n[^]*\[cause\]: Error: second/u],
    ['a hook', /✖ [^\n]*many\.test\.js: hooked\n {4}Error: the hook broke/u],
    ['what did not run because of it, by name', /hooked › never starts \(not run, because of another failure\)/u],
    ['a test that took too long', /takes long\n {4}test timed out after 50ms/u],
    ['a file that cannot be loaded, with what it wrote', /broken\.test\.js\n {4}its process ended with code \d\n[^]*Cannot find module '\.\/nowhere\.js'/u],
    ['a process that died', /gone\.test\.js\n {4}its process ended with SIGKILL/u],
    ['a process that something keeps alive, and what', /stays\.test\.js\n {4}its process ended with code 1\n[^]*after 200 ms these still keep the process alive: [^\n]*TCPServerWrap/u],
    ['every name once more at the end', /\n8 failed:\n(?: {2}✖ [^\n]+(?:\n|$)){8}$/u],
  ] as const) {
    it(`tells ${what}`, () => assert.match(told, expected));
  }

  it('is cut where it is long, and no name is lost', () => {
    const failures = Array.from({ length: 40 }, (_, index) => ({ layer: 'db', name: `test ${String(index)}`, error: Array.from({ length: 500 }, (_each, line) => `line ${String(line)}`).join('\n'), isConsequence: false }));
    const lines = describeFailures(failures).split('\n');
    assert.ok(lines.length < 500, String(lines.length));
    assert.ok(lines.includes('    line 0') && lines.includes('    line 499') && lines.at(-1) === '  ✖ db: test 39');
  });
});

describe('files shared by workers', () => {
  const noting = `
    const { it } = require('node:test');
    const { appendFileSync } = require('node:fs');
    it('takes a while', async () => {
      appendFileSync(process.env.NOTES, process.env.WORKER + ' begins\\n');
      await new Promise((resolve) => setTimeout(resolve, 150));
      appendFileSync(process.env.NOTES, process.env.WORKER + ' ends\\n');
    });`;

  it('every file runs once, each worker has one at a time, and whoever fails is counted', async () => {
    const folder = await temporaryFolder('countersign-workers-');
    const texts = { 'one.test.js': noting, 'two.test.js': noting, 'a/same.test.js': noting, 'b/same.test.js': noting, 'broken.test.js': planted['broken.test.js'], 'empty.test.js': '' };
    for (const [name, lines] of Object.entries(texts)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), lines);
    }
    const notes = path.join(folder, 'notes');
    const workers = ['a', 'b'].map((name) => ({ WORKER: name, NOTES: notes, NODE_TEST_CONTEXT: undefined }));
    const { passed, failed, failures, files } = await runTests('planted', Object.keys(texts).map((name) => path.relative(root, path.join(folder, name))), { workers });
    const lines = (await readFile(notes, 'utf8')).trim().split('\n');
    assert.deepEqual({ passed, failed, files: files.length }, { passed: 5, failed: 1, files: 6 });
    assert.match(failures[0]?.error ?? '', /Cannot find module '\.\/nowhere\.js'/u);
    for (const name of ['a', 'b']) {
      const own = lines.filter((line) => line.startsWith(name));
      assert.ok(own.length >= 2 && own.every((line, index) => line.endsWith(index % 2 === 0 ? 'begins' : 'ends')), own.join(', '));
    }
    assert.equal(lines.length, 8);
  });
});

describe('a second try', () => {
  /** Fails at the first run of its file and passes at the second. */
  const once = (failure: string): string => `
    const { it } = require('node:test');
    const assert = require('node:assert/strict');
    const { existsSync, writeFileSync } = require('node:fs');
    it('is fine', () => undefined);
    it('is unsteady', { timeout: 500 }, async () => {
      if (existsSync(__filename + '.seen')) return;
      writeFileSync(__filename + '.seen', '');
      ${failure}
    });`;
  const waits = "throw Object.assign(new Error('it did not come'), { name: 'TimeoutError' });";
  const always = waits.replace(/^/u, "const { it } = require('node:test'); it('is broken', () => { ").concat(' });');

  for (const [what, texts, expected] of [
    ['is for what waited in vain', [once(waits)], { passed: 2, failed: 0, unsteady: ['is unsteady'] }],
    ['is for a test that took too long', [once('await new Promise((resolve) => setTimeout(resolve, 5000).unref());')], { passed: 2, failed: 0, unsteady: ['is unsteady'] }],
    ['finds the file of tests that stand in another one', ["require('./shared.js');"], { passed: 2, failed: 0, unsteady: ['is unsteady'] }],
    ['is not for what was wrong', [once('assert.equal(1, 2);')], { passed: 1, failed: 1, unsteady: [] }],
    ['is not for an error', [once("throw new Error('broken');")], { passed: 1, failed: 1, unsteady: [] }],
    ['is not for a process that died', [once('process.exit(3);')], { failed: 1, unsteady: [] }],
    ['is one try', [always], { passed: 0, failed: 1, unsteady: [] }],
    ['is not for many files', [once(waits), once(waits), once(waits), once(waits)], { passed: 4, failed: 4, unsteady: [] }],
  ] as const) {
    it(what, async () => {
      const folder = await temporaryFolder('countersign-second-');
      const names = texts.map((_, index) => path.join(folder, `${String(index)}.test.js`));
      for (const [index, lines] of texts.entries()) await writeFile(names[index] ?? '', lines);
      await writeFile(path.join(folder, 'shared.js'), once(waits));
      const workers = ['a', 'b'].map((name) => ({ WORKER: name, NODE_TEST_CONTEXT: undefined }));
      const { passed, failed, unsteady } = await runTests('planted', names.map((name) => path.relative(root, name)), { workers });
      const all = { passed, failed, unsteady: unsteady.map(({ name }) => name) };
      assert.deepEqual({ ...all, ...('passed' in expected ? {} : { passed: undefined }) }, { passed: undefined, ...expected });
      assert.equal(describeUnsteady(unsteady).includes('it did not come'), expected.unsteady.length > 0 && !what.includes('took too long'));
    });
  }
});
