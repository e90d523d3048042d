/** What a spool holds, as text: its streams one after the other, oldest first. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export async function readSpool(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.jsonl')).toSorted();
  return (await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')))).join('');
}
