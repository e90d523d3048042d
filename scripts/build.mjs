/** Bundles the extension, its command line and its web pages into dist/. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMain } from './lib/main.mjs';
import { ensureDependencies } from './lib/npm.mjs';
import { root } from './lib/paths.mjs';

const dist = path.join(root, 'dist');
const src = path.join(root, 'src');

/** Modules whose classes are compared by identity: one copy for all bundles. */
const shared = new Set([path.join(src, 'core/errors.ts'), path.join(src, 'cli/usage.ts')]);

/**
 * @param {{minify?: boolean}} [options] `minify`: for packaging; leaves out source maps too
 * @returns {Promise<string[]>} names of the files written, without their folder
 */
export async function build({ minify = false } = {}) {
  await ensureDependencies();
  const files = await bundle({ minify });
  // Everything is made in memory first: a failed build leaves the last good one, and two at once do not disturb each other.
  await Promise.all([...files.map(write), copyBinaries()]);
  const names = files.map(({ path: file }) => path.relative(dist, file));
  await removeOthers([...names, ...binaries.keys()]);
  return names;
}

/**
 * @param {{minify?: boolean}} [options]
 * @returns {Promise<{path: string, contents: Uint8Array, text: string}[]>} what `build` writes, only in memory
 */
export async function bundle({ minify = false } = {}) {
  return (await Promise.all([buildHost(minify), buildPages(minify)])).flat();
}

async function write({ path: file, contents }) {
  await mkdir(path.dirname(file), { recursive: true });
  // Whoever starts it meanwhile has the one from before, or this one, and nothing in between.
  const made = path.join(root, 'out/build', `${process.pid}-${path.relative(dist, file).replaceAll(path.sep, '-')}`);
  await mkdir(path.dirname(made), { recursive: true });
  await writeFile(made, contents);
  await rename(made, file);
}

async function removeOthers(names) {
  const kept = new Set(names.map((name) => name.split('/')[0]));
  const present = await readdir(dist);
  const pages = await readdir(path.join(dist, 'webview')).catch(() => []);
  const stale = [...present.filter((name) => !kept.has(name)), ...pages.map((name) => `webview/${name}`).filter((name) => !names.includes(name))];
  await Promise.all(stale.map((name) => rm(path.join(dist, name), { recursive: true, force: true })));
}

/** The extension host's side: entries, and one bundle for each module that is only imported when needed. */
async function buildHost(minify) {
  const bundles = createBundleList();
  bundles.add(path.join(src, 'extension.ts'), 'extension.cjs');
  bundles.add(path.join(src, 'adapters/sql/parserWorker.ts'), 'parserWorker.cjs');
  bundles.add(path.join(src, 'cli/main.ts'), 'cli.js');
  for (const file of shared) bundles.add(file, bundleName(file));
  const files = [];
  // A bundle found while another one is made joins the end of the list.
  for (let batch = bundles.take(); batch.length > 0; batch = bundles.take()) {
    files.push(...(await Promise.all(batch.map((bundle) => buildHostBundle(bundle, bundles, minify)))).flat());
  }
  return files;
}

async function buildHostBundle({ file, name }, bundles, minify) {
  const isModule = name.endsWith('.js');
  const { build: esbuild } = await import('esbuild');
  const { outputFiles } = await esbuild({
    ...common(minify),
    entryPoints: [file],
    outfile: path.join(dist, name),
    platform: 'node',
    // The command line runs on the oldest Node we support, and shares the lazy bundles with the extension.
    target: 'node20',
    external: ['vscode'],
    // Its main file loads its parts in a way that no bundler can follow.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    plugins: [proxiedHttp, separateBundles(file, bundles)],
    ...(isModule ? { format: 'esm', banner: { js: moduleBanner } } : { format: 'cjs', banner: { js: commonJsBanner }, define: { 'import.meta.url': 'importMetaUrl' } }),
  });
  return outputFiles;
}

const commonJsBanner = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** Drivers are CommonJS and expect these three names. */
const moduleBanner = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  "import { fileURLToPath as pathOfBundle } from 'node:url';",
  'const require = createRequireOfBundle(import.meta.url);',
  'const __filename = pathOfBundle(import.meta.url);',
  "const __dirname = pathOfBundle(new URL('.', import.meta.url));",
].join('\n');

/** The editor puts its proxy and its certificates behind the names `http` and `https`, and does not know these modules by their full names. */
const proxiedHttp = {
  name: 'proxied-http',
  setup(builder) {
    builder.onResolve({ filter: /^node:https?$/ }, ({ path: name }) => ({ path: name.slice('node:'.length), external: true }));
  },
};

/** Turns `import('…')` into the import of a bundle of its own, so that drivers and parsers stay off the activation path. */
function separateBundles(entry, bundles) {
  return {
    name: 'separate-bundles',
    setup(builder) {
      builder.onResolve({ filter: /^[^/]/ }, async (args) => {
        if (args.pluginData === 'resolving' || args.kind === 'entry-point') return undefined;
        const isLazy = args.kind === 'dynamic-import' && !/^(node:|vscode$)/.test(args.path);
        if (!isLazy && (!args.path.startsWith('.') || !args.importer.startsWith(src))) return undefined;
        const { kind, importer, resolveDir } = args;
        const { path: file, errors } = await builder.resolve(args.path, { kind, importer, resolveDir, pluginData: 'resolving' });
        if (errors.length > 0) return { errors };
        if (!isLazy && (!shared.has(file) || file === entry)) return undefined;
        const name = bundles.add(file, bundleName(file, args.path));
        return { path: `./${name}`, external: true };
      });
    },
  };
}

/** `src/adapters/postgres/session.ts` → `adapters-postgres-session.cjs`; a package is called as it is imported. */
function bundleName(file, specifier = '.') {
  const name = specifier.startsWith('.') ? path.relative(src, file).replace(/\.[cm]?[jt]s$/, '') : specifier;
  return `${name.replace(/[^\w.-]+/g, '-').replace(/^-/, '')}.cjs`;
}

function createBundleList() {
  const known = new Map();
  let waiting = [];
  return {
    add(file, name) {
      if (!known.has(file) && existsSync(file)) {
        known.set(file, name);
        waiting.push({ file, name });
      }
      return known.get(file) ?? name;
    },
    take() {
      const batch = waiting;
      waiting = [];
      return batch;
    },
  };
}

async function buildPages(minify) {
  const names = ['results', 'review', 'confirm', 'confirmInEditor'];
  const entries = names.filter((name) => existsSync(path.join(root, 'webview', name, 'main.ts')));
  if (entries.length === 0) return [];
  const { build: esbuild } = await import('esbuild');
  const { outputFiles } = await esbuild({
    ...common(minify),
    entryPoints: entries.map((name) => ({ in: path.join(root, 'webview', name, 'main.ts'), out: name })),
    outdir: path.join(dist, 'webview'),
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    loader: { '.ttf': 'dataurl', '.svg': 'dataurl' },
  });
  return outputFiles;
}

function common(minify) {
  return { absWorkingDir: root, bundle: true, write: false, minify, sourcemap: minify ? false : 'linked', legalComments: 'none', logLevel: 'warning' };
}

/** What bundles load from beside themselves: name in dist/ → where it comes from. */
const binaries = new Map([
  ['libpg-query.wasm', 'node_modules/libpg-query/wasm/libpg-query.wasm'],
  ['prebuilds', 'node_modules/keytar/prebuilds'],
]);

async function copyBinaries() {
  await mkdir(dist, { recursive: true });
  await Promise.all([...binaries].map(([name, from]) => cp(path.join(root, from), path.join(dist, name), { recursive: true, preserveTimestamps: true, filter: isNew })));
}

/** What is there already is not written again: somebody may be reading it. */
async function isNew(from, to) {
  const [source, copy] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
  return source.isDirectory() || copy?.size !== source.size || Math.abs(copy.mtimeMs - source.mtimeMs) > 1000;
}

if (isMain(import.meta.url)) {
  const started = performance.now();
  const written = await build({ minify: process.argv.includes('--minify') });
  console.log(`✔ dist/: ${written.join(' ')} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
