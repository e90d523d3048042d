/** A real VS Code that needs no display: code-server from npm, fetched once into the cache. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchNode, node24 } from '../node24.mjs';
import { cachedFolder, npm } from './npm.mjs';

/** code-server 4.139.1 is VS Code 1.139.1; 4.103.2 is 1.103.2, the oldest we support. */
export const editorVersions = { current: '4.139.1', oldest: '4.103.2' };

/**
 * @param {string} [version] of code-server
 * @returns {Promise<{node: string, entry: string, version: string}>} the program is `node entry`
 */
export async function editor(version = editorVersions.current) {
  // Each editor with the Node its time was made for: on a newer one the old one loses its connections.
  const node = version === editorVersions.oldest ? await fetchNode('22.23.3') : await node24();
  const folder = await cachedFolder(`code-server-${version}`, async (target) => {
    // The older editor's own version of this package has no prebuilt binary.
    await writeFile(path.join(target, 'package.json'), '{"private":true,"overrides":{"argon2":"0.44.0"}}\n');
    await npm(target, 'install', '--no-save', `code-server@${version}`);
    const vscode = path.join(target, 'node_modules/code-server/lib/vscode');
    // What its install script would do, without compiling: the native parts are for terminals, logs and single sign-on.
    await npm(vscode, 'install', '--omit=dev');
    await npm(path.join(vscode, 'extensions'), 'install', '--omit=dev');
    await trim(vscode);
  });
  return { node, version, entry: path.join(folder, 'node_modules/code-server/out/node/entry.js') };
}

/** Half of the size is AI assistants, diagrams and source maps; nothing here needs them. */
async function trim(vscode) {
  const needless = ['extensions/copilot', 'extensions/mermaid-markdown-features', 'node_modules/@microsoft/mxc-sdk'];
  const packages = await readdir(path.join(vscode, 'node_modules/@github')).catch(() => []);
  // The platform's part of this package is a program of its own, started only on demand.
  needless.push(...packages.filter((name) => name.startsWith('copilot-sdk-')).map((name) => `node_modules/@github/${name}`));
  const files = await readdir(vscode, { recursive: true });
  needless.push(...files.filter((name) => name.endsWith('.map')));
  await Promise.all(needless.map((name) => rm(path.join(vscode, name), { recursive: true, force: true })));
}
