/** The checks of `npm run check`, checked: each row breaks one rule of the house, and names the tools that must say so. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Planted, type Tool, toolsThatName } from './plantedHouse.ts';

type Row = { readonly breaks: string; readonly at: string; readonly code: string; readonly caughtBy: readonly Tool[]; readonly beside?: Planted };

/** Nothing here imports a package, because the types of a package bring the platform's globals with them. */
const plain: readonly Row[] = [
  { breaks: 'core imports app', at: 'src/core/a1.ts', code: "import type { Leaf } from '../app/leaf.ts';\nexport type A = Leaf;", caughtBy: ['types', 'lint'] },
  { breaks: 'protocol imports app', at: 'src/protocol/a2.ts', code: "export type { Leaf } from '../app/leaf.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'app imports an adapter', at: 'src/app/a3.ts', code: "export { leaf } from '../adapters/leaf.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'an adapter imports the editor', at: 'src/adapters/a4.ts', code: "export { editor } from '../editor/honest.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'the editor imports the command line', at: 'src/editor/a5.ts', code: "import '../cli/honest.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'the command line imports the editor', at: 'src/cli/a6.ts', code: "export { editor } from '../editor/honest.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'the server imports an adapter', at: 'src/server/a10.ts', code: "export { leaf } from '../adapters/leaf.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'an adapter imports the server', at: 'src/adapters/a11.ts', code: "export { served } from '../server/honest.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'a page imports app', at: 'webview/a7.ts', code: "export type { Leaf } from '../src/app/leaf.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'the product imports a fake', at: 'src/adapters/a8.ts', code: "export { fake } from '../../test/fakes/honest.ts';", caughtBy: ['types', 'lint'] },
  { breaks: 'core imports a folder outside the house', at: 'src/core/a9.ts', code: "export { common } from '../common/a9.ts';", caughtBy: ['types', 'lint'], beside: { file: 'src/common/a9.ts', code: 'export const common = 1;' } },

  { breaks: 'core uses the console', at: 'src/core/b1.ts', code: "console.log('');", caughtBy: ['types', 'lint'] },
  { breaks: 'core uses the network', at: 'src/core/b2.ts', code: "export const answer = fetch('https://example.com');", caughtBy: ['types', 'lint'] },
  { breaks: 'core uses the process', at: 'src/core/b3.ts', code: 'export const argv: unknown = process.argv;', caughtBy: ['types', 'lint'] },
  { breaks: 'app uses a timer', at: 'src/app/b4.ts', code: 'setTimeout(() => undefined, 1);', caughtBy: ['types', 'lint'] },
  { breaks: 'core uses the page', at: 'src/core/b5.ts', code: 'export const title: unknown = document.title;', caughtBy: ['types', 'lint'] },
  { breaks: 'core reads the clock', at: 'src/core/b6.ts', code: 'export const now = Date.now();', caughtBy: ['lint'] },
  { breaks: 'app reads the clock by a constructor', at: 'src/app/b7.ts', code: 'export const now = new Date();', caughtBy: ['lint'] },
  { breaks: 'core throws dice', at: 'src/core/b8.ts', code: 'export const dice = Math.random();', caughtBy: ['lint'] },
  { breaks: 'the editor writes to the console', at: 'src/editor/b9.ts', code: "console.error('');", caughtBy: ['lint'] },

  { breaks: 'core imports node:fs', at: 'src/core/c1.ts', code: "import { readFileSync } from 'node:fs';\nexport const text: unknown = readFileSync;", caughtBy: ['types', 'lint', 'pure layers'] },
  { breaks: 'core imports node:fs when it runs', at: 'src/core/c2.ts', code: "export const later: Promise<unknown> = import('node:fs');", caughtBy: ['types', 'lint', 'pure layers'] },
  { breaks: 'app imports its own part when it runs', at: 'src/app/c3.ts', code: "export const later = import('./honest.ts');", caughtBy: ['lint'] },
  { breaks: 'a page imports node:fs', at: 'webview/c4.ts', code: "export { readFileSync } from 'node:fs';", caughtBy: ['types', 'lint'] },
  { breaks: 'an adapter makes up what it imports', at: 'src/adapters/c5.ts', code: 'export const load = (name: string): Promise<unknown> => import(name);', caughtBy: ['lint'] },
  { breaks: 'an adapter requires', at: 'src/adapters/c6.ts', code: "import { createRequire } from 'node:module';\nconst require = createRequire('/');\nexport const loaded: unknown = require('keytar');", caughtBy: ['lint'] },

  { breaks: 'a cycle inside core', at: 'src/core/d1.ts', code: "import { two } from './d2.ts';\nexport const one = (): number => two();", caughtBy: ['lint'], beside: { file: 'src/core/d2.ts', code: "import { one } from './d1.ts';\nexport const two = (): number => one();" } },
  { breaks: 'a new kind falls into default where rules are decided', at: 'src/core/policy/d3.ts', code: "import type { Kind } from '../honest.ts';\nexport function isFine(kind: Kind): boolean { switch (kind) { case 'read': return true; default: return false; } }", caughtBy: ['lint'] },
  { breaks: 'a new kind is forgotten', at: 'src/adapters/d4.ts', code: "import type { Kind } from '../core/honest.ts';\nexport function note(kind: Kind, lines: string[]): void { switch (kind) { case 'read': lines.push(kind); } }", caughtBy: ['lint'] },
  { breaks: 'a new kind ends without a value', at: 'src/core/policy/d5.ts', code: "import type { Kind } from '../honest.ts';\nexport function isFine(kind: Kind): boolean { switch (kind) { case 'read': return true; } }", caughtBy: ['types', 'lint'] },
  { breaks: 'any string passes for a table', at: 'src/core/d6.ts', code: "import { shout } from './honest.ts';\nexport const loud = shout('orders');", caughtBy: ['types'] },

  { breaks: 'a promise is dropped', at: 'src/adapters/e1.ts', code: "import { port } from './honest.ts';\nport.send({ kind: 'read' });", caughtBy: ['lint'] },
  { breaks: 'a promise stands for a condition', at: 'src/adapters/e2.ts', code: "import { port } from './honest.ts';\nexport const isSent = (): number => (port.send({ kind: 'read' }) ? 1 : 0);", caughtBy: ['types', 'lint'] },
  { breaks: 'nobody waits for a callback', at: 'src/adapters/e3.ts', code: "import { port } from './honest.ts';\n[1].forEach(async () => { await port.send({ kind: 'read' }); });", caughtBy: ['lint'] },
  { breaks: 'what is no promise is awaited', at: 'src/adapters/e4.ts', code: 'export async function four(): Promise<number> { return await 4; }', caughtBy: ['lint'] },
  { breaks: 'a promise leaves a try unwatched', at: 'src/adapters/e5.ts', code: "import { port } from './honest.ts';\nexport async function send(): Promise<void> { try { return port.send({ kind: 'read' }); } catch { return undefined; } }", caughtBy: ['lint'] },
  { breaks: 'any', at: 'src/adapters/e6.ts', code: 'export type Loose = any;', caughtBy: ['lint'] },
  { breaks: 'a value of any is used', at: 'src/adapters/e7.ts', code: "export const name: string = JSON.parse('{}').name;", caughtBy: ['lint'] },
  { breaks: 'a type is imported as a value', at: 'src/app/e8.ts', code: "import { Kind } from '../core/honest.ts';\nexport type K = Kind;", caughtBy: ['types', 'lint'] },
  { breaks: 'text is thrown', at: 'src/adapters/e9.ts', code: "export function fail(): never { throw 'no'; }", caughtBy: ['lint'] },

  { breaks: 'a default export', at: 'src/core/f1.ts', code: 'export default 1;', caughtBy: ['lint'] },
  { breaks: 'an enum', at: 'src/core/f2.ts', code: 'export enum Colour { red }', caughtBy: ['types'] },
  { breaks: 'five parameters', at: 'src/core/f3.ts', code: 'export const sum = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;', caughtBy: ['lint'] },
  { breaks: 'a function nobody can follow', at: 'src/core/f4.ts', code: `export function maze(n: number): number {\n${Array.from({ length: 21 }, (_, i) => `if (n === ${i}) return ${i * 2};`).join('\n')}\nreturn 0; }`, caughtBy: ['lint'] },
  { breaks: 'a file nobody reads to its end', at: 'src/core/f5.ts', code: Array.from({ length: 501 }, (_, i) => `export const n${i} = ${i};`).join('\n'), caughtBy: ['lint'] },
  { breaks: 'an empty catch', at: 'src/adapters/f6.ts', code: "export function parse(): void { try { JSON.parse(''); } catch {} }", caughtBy: ['lint'] },
  { breaks: 'values become markup', at: 'webview/f7.ts', code: "export function show(text: string): void { document.body.innerHTML = text; }", caughtBy: ['lint'] },
  { breaks: 'text becomes code', at: 'webview/f8.ts', code: "export const run = (text: string): unknown => new Function(text);", caughtBy: ['lint'] },
];

const withPackages: readonly Row[] = [
  { breaks: 'core imports vscode', at: 'src/core/g1.ts', code: "import { window } from 'vscode';\nexport const w: unknown = window;", caughtBy: ['lint', 'pure layers'] },
  { breaks: 'core imports a type of vscode', at: 'src/core/g2.ts', code: "import type { Event } from 'vscode';\nexport type E = Event<void>;", caughtBy: ['lint'] },
  { breaks: 'core names a type of vscode', at: 'src/core/g3.ts', code: "export type E = import('vscode').Event<void>;", caughtBy: ['lint'] },
  { breaks: 'core imports a driver', at: 'src/core/g4.ts', code: "import pg from 'pg';\nexport const c: unknown = pg.Client;", caughtBy: ['lint', 'pure layers'] },
  { breaks: 'app imports a grammar', at: 'src/app/g5.ts', code: "export type { Statement } from 'pgsql-ast-parser';", caughtBy: ['lint'] },
  { breaks: 'an adapter imports vscode', at: 'src/adapters/g6.ts', code: "import type { Event } from 'vscode';\nexport type E = Event<void>;", caughtBy: ['lint'] },
  { breaks: 'the command line imports vscode', at: 'src/cli/g7.ts', code: "import type { Event } from 'vscode';\nexport type E = Event<void>;", caughtBy: ['lint'] },
  { breaks: 'a page imports a type of vscode', at: 'webview/g8.ts', code: "import type { Event } from 'vscode';\nexport type E = Event<void>;", caughtBy: ['lint'] },
  { breaks: 'another adapter loads the PostgreSQL driver', at: 'src/adapters/mysql/g9.ts', code: "export const load = async (): Promise<unknown> => import('pg');", caughtBy: ['lint'] },
  { breaks: 'the editor loads the MySQL driver', at: 'src/editor/h1.ts', code: "export const load = async (): Promise<unknown> => import('mysql2/promise');", caughtBy: ['lint'] },
  { breaks: 'a second door to the keychain', at: 'src/adapters/credentials/h2.ts', code: "export const load = async (): Promise<unknown> => import('keytar');", caughtBy: ['lint'] },
  { breaks: 'a page imports the toolkit itself', at: 'webview/review/h3.ts', code: "export { Button } from '@vscode/webview-ui-toolkit';", caughtBy: ['lint'] },
  { breaks: 'a package without a home', at: 'src/adapters/h4.ts', code: "import ts from 'typescript';\nexport const version: unknown = ts;", caughtBy: ['lint'] },
  { breaks: 'a module of Node without its prefix', at: 'src/adapters/h5.ts', code: "export { join } from 'path';", caughtBy: ['lint'] },
];

for (const [title, rows] of [['planted in the house', plain], ['planted with a package', withPackages]] as const) {
  describe(title, () => {
    let named: ReadonlyMap<string, ReadonlySet<Tool>>;
    before(async () => {
      named = await toolsThatName(rows.flatMap(({ at, code, beside }) => [{ file: at, code }, ...(beside ? [beside] : [])]));
    });
    for (const { breaks, at, caughtBy } of rows) {
      test(breaks, () => assert.deepEqual([...(named.get(at) ?? [])].sort(), [...caughtBy].sort()));
    }
    test('and nothing else is named', () => {
      const planted = new Set(rows.flatMap(({ at, beside }) => [at, ...(beside ? [beside.file] : [])]));
      assert.deepEqual([...named.keys()].filter((file) => !planted.has(file)), []);
    });
  });
}
