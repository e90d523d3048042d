/** A notification draws `[text](command:…)` as a link that runs a command: what is not written here in full is made plain first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles, withoutComments } from './sources.ts';

/** A literal without anything put into it, or made plain. */
const harmless = /^(?:'[^'\n]*'|plainText\()/u;

function callsIn(text: string): readonly string[] {
  return [...text.matchAll(/\bshow(?:Information|Warning|Error)Message\(\s*([^\n]*)/gu)].map(([, argument = '']) => argument);
}

test('words of servers, files and other people never become links', () => {
  const calls = sourceFiles('src/editor').flatMap(({ file, text }) => callsIn(withoutComments(text)).map((argument) => ({ file, argument })));
  assert.ok(calls.length > 40);
  assert.deepEqual(calls.filter(({ argument }) => !harmless.test(argument)), []);
});

test('the test above sees what is put into a text', () => {
  assert.deepEqual(callsIn('void window.showWarningMessage(`no answer: ${message}`);').filter((argument) => !harmless.test(argument)).length, 1);
});
