/** Runs `*.host.ts` files inside the extension host of a real editor, as tests of this runner. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/paths.mjs';
import { startBridge, type HostOutcome } from './bridge.ts';
import { startEditor, type EditorOptions } from './editor.ts';
import { outOfPatience } from './until.ts';

const driver = path.join(root, 'test/host/driver');

/**
 * Starts an editor, runs the files in its extension host, and reports each of their tests as one of ours.
 *
 * @param files paths relative to the repository; all run in one extension host, in this order
 */
export async function runHostSuite(name: string, files: readonly string[], options: EditorOptions = {}): Promise<void> {
  const { results, problem } = await runInHost(name, files, options);
  if (problem !== undefined) await test(name, () => Promise.reject(new Error(problem)));
  for (const { title, error } of results) await test(title, () => (error === undefined ? undefined : Promise.reject(asThrown(error))));
  if (results.length === 0 && problem === undefined) await test(name, () => Promise.reject(new Error('no test ran')));
}

/** Only its text came out of the host. */
function asThrown(text: string): Error {
  return /Waited \d+ ms in vain|Timeout (?:of )?\d+ ?ms exceeded/u.test(text) ? outOfPatience(text) : new Error(text);
}

async function runInHost(name: string, files: readonly string[], options: EditorOptions): Promise<HostOutcome> {
  const suite = await bundle(name, files);
  const bridge = await startBridge();
  const editor = await startEditor({
    ...options,
    extensions: [driver, ...(options.extensions ?? [root])],
    env: { ...options.env, COUNTERSIGN_HOST_SUITE: suite, COUNTERSIGN_BRIDGE: bridge.url },
  });
  bridge.connect(editor);
  const tooLate = Promise.withResolvers<HostOutcome>();
  const timer = setTimeout(() => tooLate.resolve({ results: [], problem: `The suite did not end in time. The editor said:\n${editor.server.log()}` }), 300_000);
  const outcome = await Promise.race([bridge.outcome, tooLate.promise]);
  clearTimeout(timer);
  if (outcome.problem !== undefined || outcome.results.some(({ error }) => error !== undefined)) await editor.screenshot(`host ${name}`);
  await editor.stop();
  await bridge.stop();
  return outcome;
}

/** One CommonJS file: what the extension host of every supported version can load. */
async function bundle(name: string, files: readonly string[]): Promise<string> {
  const outfile = path.join(root, 'out/host', `${name}.cjs`);
  await mkdir(path.dirname(outfile), { recursive: true });
  await build({
    absWorkingDir: root,
    stdin: { contents: files.map((file) => `import ${JSON.stringify(`./${file}`)};`).join('\n'), resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha', 'pg-native'],
    sourcemap: 'inline',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}
