/** The files of the tree, for checks that look at all of them. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

export type SourceFile = { readonly file: string; readonly text: string };

/** Files under a folder of the repository whose name ends so; names relative to it, with `/`. */
export function sourceFiles(folder: string, ending = '.ts'): readonly SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name).replaceAll('\\', '/'))
    .sort()
    .map((file) => ({ file, text: readText(file) }));
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Code only: what is said in comments is not done. Keeps the number of lines. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, '$1');
}
