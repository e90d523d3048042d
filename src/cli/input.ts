/** Reads texts as the bytes they are: a text that is not UTF-8 is reported, never repaired. */

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { UsageError } from './usage.ts';

/** `text` is undefined when the bytes are not UTF-8. */
export type Input = { readonly name: string; readonly text: string | undefined };

/** Reads a file, or standard input for `-`. */
export async function readInput(name: string): Promise<Input> {
  const bytes = name === '-' ? await buffer(process.stdin) : await readBytes(name);
  return { name: name === '-' ? '<stdin>' : name, text: decode(bytes) };
}

async function readBytes(name: string): Promise<Uint8Array> {
  try {
    return await readFile(name);
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** A byte order mark stays in the text, because it stays in the bytes. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8: the caller says so.
    return undefined;
  }
}

/** The lines of standard input as they arrive; only a line feed ends one. Undefined stands for a line that is not UTF-8. */
export async function* readLines(): AsyncGenerator<string | undefined> {
  let parts: Uint8Array[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      yield decode(Buffer.concat([...parts, chunk.subarray(start, end)]));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) yield decode(Buffer.concat(parts));
}

const lineFeed = 0x0a;

/** Replaces folders by the .sql files in them, and patterns that no shell has expanded by the files they fit; in order of their names. */
export async function expandNames(names: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(names.map(expandName));
  return lists.flat();
}

async function expandName(name: string): Promise<readonly string[]> {
  if (name === '-') return [name];
  const kind = await kindOf(name);
  if (kind === 'folder') return someOf(await filesIn(name, (file) => file.endsWith('.sql')), `${name} holds no .sql file.`);
  if (kind === 'file' || !/[*?]/u.test(name)) return [name];
  const pattern = name.split(path.sep).join('/');
  const fixed = pattern.slice(0, pattern.search(/[*?]/u)).replace(/[^/]*$/u, '');
  const shape = toRegExp(pattern.slice(fixed.length));
  const base = fixed === '' ? '.' : fixed;
  return someOf(await filesIn(base, (file) => shape.test(path.relative(base, file).split(path.sep).join('/'))), `No file fits ${name}.`);
}

/** A check of nothing must not pass for a check without findings. */
function someOf(files: readonly string[], message: string): readonly string[] {
  if (files.length === 0) throw new UsageError(message);
  return files;
}

async function kindOf(name: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(name)).isDirectory() ? 'folder' : 'file';
  } catch {
    // Reading it will say what is wrong.
    return undefined;
  }
}

async function filesIn(folder: string, isWanted: (file: string) => boolean): Promise<readonly string[]> {
  if ((await kindOf(folder)) !== 'folder') return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).filter(isWanted).sort();
}

/** `*` and `?` stay within a folder, `**` does not. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/|\*\*|\*|\?)/u).map((part) => wildcards.get(part) ?? part.replaceAll(/[.+^${}()|[\]\\]/gu, '\\$&'));
  return new RegExp(`^${parts.join('')}$`, 'u');
}

const wildcards: ReadonlyMap<string, string> = new Map([['**/', '(?:.*/)?'], ['**', '.*'], ['*', '[^/]*'], ['?', '[^/]']]);
