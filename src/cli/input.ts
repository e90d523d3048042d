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

/** Replaces folders by the .sql files in them, in order of their names. */
export async function expandFolders(names: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(names.map(async (name) => ((await isFolder(name)) ? sqlFilesIn(name) : [name])));
  return lists.flat();
}

async function isFolder(name: string): Promise<boolean> {
  if (name === '-') return false;
  try {
    return (await stat(name)).isDirectory();
  } catch {
    // Reading it will say what is wrong.
    return false;
  }
}

async function sqlFilesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith('.sql')).map((entry) => path.join(entry.parentPath, entry.name)).sort();
}
