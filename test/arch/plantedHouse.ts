/** A house of few files under the real rules, into which violations are planted. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { check } from '../../scripts/check.mjs';
import { root } from '../../scripts/lib/paths.mjs';

/** A tool of `npm run check`, by the name it is reported with. */
export type Tool = 'types' | 'lint' | 'pure layers';
export type Planted = { readonly file: string; readonly code: string };

/** The rules themselves, copied; nothing here is rewritten for the tests. */
const rules = ['package.json', '.oxlintrc.json', 'tsconfig.json', 'tsconfig.base.json', 'test/arch/houseRules.mjs', 'src/platform.d.ts', 'test/tsconfig.json', 'webview/tsconfig.json', 'webview/css.d.ts'];
const layers = ['core', 'protocol', 'app', 'adapters', 'editor', 'cli', 'server'];

/** One honest file for each layer: something to import, and the control that the rules let honest code pass. */
const honest: readonly Planted[] = [
  {
    file: 'src/core/honest.ts',
    code: `
      declare const brand: unique symbol;
      export type TableName = string & { readonly [brand]: 'TableName' };
      export type Kind = 'read' | 'write';
      export function shout(name: TableName): string { return name.toUpperCase(); }
      export function encode(text: string): Uint8Array { return new TextEncoder().encode(text); }`,
  },
  { file: 'src/protocol/honest.ts', code: "import type { Kind } from '../core/honest.ts';\nexport type Message = { readonly kind: Kind };" },
  { file: 'src/app/honest.ts', code: "import type { Message } from '../protocol/honest.ts';\nexport interface Port { send(message: Message): Promise<void> }" },
  {
    file: 'src/adapters/honest.ts',
    code: `
      import { readFile } from 'node:fs/promises';
      import type { Port } from '../app/honest.ts';
      export const port: Port = { send: async (message) => { await readFile(message.kind); } };`,
  },
  { file: 'src/editor/honest.ts', code: "import type { Disposable } from 'vscode';\nimport { port } from '../adapters/honest.ts';\nexport const editor: { readonly port: typeof port; readonly held?: Disposable } = { port };" },
  { file: 'src/server/honest.ts', code: "import type { Message } from '../protocol/honest.ts';\nexport const served: readonly Message[] = [{ kind: 'read' }];" },
  { file: 'src/cli/honest.ts', code: "import { port } from '../adapters/honest.ts';\nconsole.log(port);" },
  // Leaves, so that a forbidden import of one is one finding.
  { file: 'src/app/leaf.ts', code: 'export type Leaf = 1;' },
  { file: 'src/adapters/leaf.ts', code: 'export const leaf = 1;' },
  { file: 'src/extension.ts', code: "export { editor } from './editor/honest.ts';" },
  { file: 'webview/honest.ts', code: "import type { Message } from '../src/protocol/honest.ts';\nexport function show(message: Message): void { document.body.textContent = message.kind; }" },
  { file: 'test/fakes/honest.ts', code: "import type { Port } from '../../src/app/honest.ts';\nexport const fake: Port = { send: () => Promise.resolve() };" },
];

/**
 * Builds the house, plants, runs `npm run check` on it.
 * @returns which tools named which file
 */
export async function toolsThatName(planted: readonly Planted[]): Promise<ReadonlyMap<string, ReadonlySet<Tool>>> {
  const tree = await mkdtemp(path.join(tmpdir(), 'planted-'));
  try {
    await Promise.all([...rules, ...layers.map((layer) => `src/${layer}/tsconfig.json`)].map((file) => cp(path.join(root, file), path.join(tree, file))));
    await symlink(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
    await Promise.all([...honest, ...planted].map(({ file, code }) => write(path.join(tree, file), code)));
    return filesNamed(await check(tree));
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

async function write(file: string, code: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${code.trim()}\n`);
}

function filesNamed(checks: Awaited<ReturnType<typeof check>>): Map<string, Set<Tool>> {
  const named = new Map<string, Set<Tool>>();
  for (const { name, output } of checks) {
    for (const line of output.split('\n')) {
      const file = /^([\w./-]+\.ts)[(:]\d/.exec(line)?.[1];
      if (file === undefined) continue;
      const tools = named.get(file) ?? new Set();
      named.set(file, tools.add(name as Tool));
    }
  }
  return named;
}
