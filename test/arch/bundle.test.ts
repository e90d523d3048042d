/** What the editor has to read before the extension is there. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { bundle } from '../../scripts/build.mjs';
import { removeFolder, temporaryFolder } from '../../scripts/lib/reaper.mjs';
import { readText, sourceFiles } from './sources.ts';
import { parserOf } from '../../src/adapters/sql/otherParser.ts';

/** The goal; what is not needed at once belongs behind `src/editor/lazy.ts`. */
const maxBytes = 60 * 1024;
const later = ['pg', 'mysql2', 'libpg-query', 'pgsql-ast-parser', 'keytar', '@github/keytar', 'jsonc-parser', '@vscode/webview-ui-toolkit'];

test('no driver, grammar, keychain or parser is read when the extension activates', async () => {
  const packages = packagesReadFrom('extension.cjs', await bundleTexts(false));
  assert.deepEqual(packages.filter((name) => later.includes(name)), []);
});

test('they are in bundles of their own, so that the test above can see them', async () => {
  const files = await bundleTexts(false);
  const all = new Set([...files.keys()].flatMap((name) => packagesReadFrom(name, files)));
  assert.ok(['pg', 'keytar', 'jsonc-parser'].every((name) => all.has(name)), [...all].join(' '));
});

test('HTTP goes the way the editor says: its proxy and certificates are behind these names only', async () => {
  const files = await bundleTexts(false);
  assert.deepEqual([...files].filter(([, text]) => /(?:require\(|from )["']node:https?["']/u.test(text)).map(([name]) => name), []);
  assert.ok([...files.values()].some((text) => /require\("https"\)/u.test(text)));
});

test(`the entry is at most ${maxBytes / 1024} KB`, async () => {
  const files = await bundleTexts(true);
  const bytes = [...readAtOnce('extension.cjs', files)].reduce((sum, name) => sum + Buffer.byteLength(files.get(name) ?? ''), 0);
  assert.ok(bytes > 0 && bytes <= maxBytes, `${bytes} bytes`);
});

test('the parser that may object can be called where it is bundled', async () => {
  const folder = await temporaryFolder('countersign-bundle-');
  const file = path.join(folder, 'pgsql-ast-parser.cjs');
  await writeFile(file, (await bundleTexts(true)).get('pgsql-ast-parser.cjs') ?? '');
  const parse = parserOf((await import(pathToFileURL(file).href)) as Parameters<typeof parserOf>[0]);
  assert.deepEqual(parse('SELECT 1; DELETE FROM t').map(({ type }) => type), ['select', 'delete']);
  await removeFolder(folder);
});

test('what the editor loads later says so when it is missing, and nothing goes on without it', async () => {
  const found = [...sourceFiles('src/editor'), { file: 'src/extension.ts', text: readText('src/extension.ts') }].flatMap(({ file, text }) => [...text.matchAll(/^.*\bimport\(.*$/gmu)].map(([line]) => `${file}: ${line.trim()}`));
  assert.ok(found.length > 10, found.join('\n'));
  assert.deepEqual(found.filter((line) => !/\bpart\(import\('/u.test(line) && !/typeof import\(/u.test(line)), []);
});

/** Made once for all tests here: nothing changes meanwhile. */
const made = new Map<boolean, Promise<ReadonlyMap<string, string>>>();

async function bundleTexts(minify: boolean): Promise<ReadonlyMap<string, string>> {
  const texts = made.get(minify) ?? bundle({ minify }).then((files) => new Map(files.filter(({ path: file }) => file.endsWith('.cjs')).map(({ path: file, text }) => [path.basename(file), text])));
  made.set(minify, texts);
  return await texts;
}

/** The bundle and those it requires while it is read; `import(…)` is for later. */
function readAtOnce(name: string, files: ReadonlyMap<string, string>, known = new Set<string>()): Set<string> {
  if (known.has(name)) return known;
  known.add(name);
  for (const [, required = ''] of (files.get(name) ?? '').matchAll(/require\("\.\/([^"]+\.cjs)"\)/g)) readAtOnce(required, files, known);
  return known;
}

/** Bundled ones leave a comment with their path; others are required by name. */
function packagesReadFrom(entry: string, files: ReadonlyMap<string, string>): string[] {
  const texts = [...readAtOnce(entry, files)].map((name) => files.get(name) ?? '');
  const found = texts.flatMap((text) => [
    ...text.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/\n]+)\//gm),
    ...text.matchAll(/require\("((?:@[^/"]+\/)?[^./"][^/":]*)(?:\/[^"]*)?"\)/g),
  ]);
  return [...new Set(found.map(([, name = '']) => name))];
}
