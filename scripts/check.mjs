/** Types, typed lint, and proof that the pure layers bundle for any platform. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isMain } from './lib/main.mjs';
import { ensureDependencies } from './lib/npm.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const pureLayers = ['core', 'protocol', 'app'];

/**
 * @param {string} [tree] folder of the sources; another one only to check the checks
 * @returns {Promise<{name: string, ok: boolean, output: string, milliseconds: number}[]>}
 */
export async function check(tree = root) {
  await ensureDependencies();
  return Promise.all([
    timed('types', () => tool(tree, 'typescript/bin/tsc', '-b', '--pretty', 'false')),
    timed('lint', () => tool(tree, 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '--format=unix')),
    timed('pure layers', () => bundlePureLayers(tree)),
  ]);
}

/** Runs the program of an npm package with the Node that runs us. */
function tool(cwd, program, ...args) {
  return run(process.execPath, [path.join(root, 'node_modules', program), ...args], { cwd, quiet: true });
}

/** Nothing of the platform, no package, no `vscode`: whatever these layers import must bundle without externals. */
async function bundlePureLayers(tree) {
  const { build } = await import('esbuild');
  const files = pureLayers.flatMap((layer) => sources(path.join(tree, 'src', layer)));
  try {
    await build({
      absWorkingDir: tree,
      stdin: { contents: files.map((file) => `import ${JSON.stringify(`./${path.relative(tree, file)}`)};`).join('\n'), resolveDir: tree },
      bundle: true,
      write: false,
      platform: 'neutral',
      packages: 'bundle',
      mainFields: [],
      plugins: [{ name: 'no-packages', setup: refusePackages }],
      logLevel: 'silent',
    });
    return { code: 0, output: '' };
  } catch (error) {
    return { code: 1, output: (error.errors ?? [{ text: String(error) }]).map(describeProblem).join('\n') };
  }
}

function refusePackages(builder) {
  builder.onResolve({ filter: /^[^./]/ }, ({ path: name }) => ({ errors: [{ text: `core, protocol and app import nothing but each other; '${name}' belongs behind a port` }] }));
}

function describeProblem({ text, location }) {
  return location ? `${location.file}:${location.line}: ${text}` : text;
}

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.join(folder, name));
}

async function timed(name, work) {
  const started = performance.now();
  const { code, output } = await work();
  return { name, ok: code === 0, output: output.trim(), milliseconds: performance.now() - started };
}

/** Prints one line for each check, and what a failed one said. Returns whether all are fine. */
export function reportChecks(results) {
  for (const { name, ok, output, milliseconds } of results) {
    console.log(`${ok ? '✔' : '✖'} ${name} (${(milliseconds / 1000).toFixed(1)} s)`);
    if (!ok) console.log(output);
  }
  return results.every(({ ok }) => ok);
}

if (isMain(import.meta.url)) process.exitCode = reportChecks(await check()) ? 0 : 1;
