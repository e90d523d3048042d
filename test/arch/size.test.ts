/** A file that needs more than 300 lines holds two ideas; tables of data are one, however long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles, withoutComments } from './sources.ts';

const most = 300;
const mostOfEntry = 120;

/** Rows of facts and no code; the name says it. */
const isData = (file: string): boolean => file.endsWith('.data.ts');

const files = [...sourceFiles('src'), ...sourceFiles('webview'), ...sourceFiles('webview', '.css'), ...sourceFiles('scripts', '.mjs')].map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }));

test(`no file is longer than ${most} lines, unless it is a table of data`, () => {
  assert.deepEqual(files.filter(({ file, lines }) => lines > most && !isData(file)), []);
});

test('what is called a table of data has no code in it', () => {
  const withCode = sourceFiles('src', '.data.ts').filter(({ text }) => /\bfunction\b\s*\w*\s*\(|\bif \(|\bfor \(|\breturn\b/.test(withoutComments(text)));
  assert.deepEqual(withCode.map(({ file }) => file), []);
});

test(`extension.ts only puts parts together, in at most ${mostOfEntry} lines`, () => {
  assert.deepEqual(files.filter(({ file, lines }) => file === 'src/extension.ts' && lines > mostOfEntry), []);
});
