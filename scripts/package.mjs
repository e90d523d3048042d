/** Makes the VSIX and checks what is in it. */
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';
import { reportChecks } from './check.mjs';
import { isMain } from './lib/main.mjs';
import { root } from './lib/paths.mjs';
import { run, runOrThrow } from './lib/run.mjs';
import { node24 } from './node24.mjs';

const maxBytes = 3 * 1024 * 1024;
const maxActivationBytes = 60 * 1024;

/** @returns {Promise<string>} path of the VSIX */
export async function createPackage() {
  await build({ minify: true });
  const file = path.join(root, 'out/countersign.vsix');
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  // Everything is bundled; vsce's own look at dependencies would ship node_modules.
  const args = ['package', '--no-dependencies', '--skip-license', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
  await runOrThrow(await node24(), [path.join(root, 'node_modules/@vscode/vsce/vsce'), ...args], { cwd: root });
  return file;
}

/** @returns {Promise<{name: string, ok: boolean, output: string, milliseconds: number}[]>} */
export async function checkPackage(file) {
  const { size } = await stat(file);
  const names = await packagedFiles();
  const main = await stat(path.join(root, 'dist/extension.cjs')).catch(() => undefined);
  const foreign = names.filter((name) => !/^(dist|media)\/|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(name));
  return [
    verdict(`VSIX of ${kilobytes(size)}, at most ${kilobytes(maxBytes)}`, size <= maxBytes, ''),
    verdict('nothing in it but bundles, pictures and texts', foreign.length === 0 && names.length > 0, foreign.join('\n')),
    verdict(`loads ${kilobytes(main?.size ?? 0)} when it activates`, main !== undefined && main.size <= maxActivationBytes, 'dist/extension.cjs is missing or holds what should load later: a driver, the parser, keytar.'),
    verdict('drivers, parser and keytar are files of their own', ['libpg-query.wasm', 'prebuilds'].every((part) => names.some((name) => name.includes(part))), names.join('\n')),
  ];
}

async function packagedFiles() {
  const { code, output } = await run(await node24(), [path.join(root, 'node_modules/@vscode/vsce/vsce'), 'ls', '--no-dependencies'], { cwd: root, quiet: true });
  return code === 0 ? output.trim().split('\n').filter((line) => !/warn/i.test(line)) : [];
}

function verdict(name, ok, output) {
  return { name, ok, output, milliseconds: 0 };
}

function kilobytes(bytes) {
  return `${Math.ceil(bytes / 1024)} kB`;
}

if (isMain(import.meta.url)) {
  const file = await createPackage();
  const isFine = reportChecks(await checkPackage(file));
  console.log(path.relative(process.cwd(), file));
  process.exitCode = isFine ? 0 : 1;
}
