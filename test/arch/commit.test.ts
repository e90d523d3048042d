/** Who may make a change final: one line of the product. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sourceFiles, withoutComments } from './sources.ts';

type Line = { readonly file: string; readonly line: string };

const lines: readonly Line[] = sourceFiles('src').flatMap(({ file, text }) => withoutComments(text).split('\n').map((line) => ({ file, line })));

function where(pattern: RegExp): readonly Line[] {
  return lines.filter(({ line }) => pattern.test(line));
}

describe('commit', () => {
  test('an open change is committed from one line, in src/app', () => {
    const callers = where(/\bcommit\??\.?\s*\(/).filter(({ line }) => !isDefinition(line));
    assert.deepEqual(
      callers.map(({ file, line }) => `${file}: ${/[\w.?]*commit/.exec(line)?.[0]}`),
      // The second is the button in the panel: a decision, which the first may still refuse.
      ['src/app/runChange.ts: change.commit', 'src/editor/features/review/reviewPanel.ts: source.decide?.commit'],
    );
  });
  test('nobody takes the method along to call it elsewhere', () => {
    assert.deepEqual(where(/\.commit\b(?!\s*\()|\[['"]commit['"]\]|\{[^}]*\bcommit\b[^}:(]*\}\s*=/), []);
  });
  test('the receipt that commit asks for is made by the journal only', () => {
    const makers = where(/\bas (?:unknown as )?IntentReceipt\b|\bas never\b/).map(({ file }) => file);
    assert.deepEqual(new Set(makers), new Set(['src/adapters/audit/journal.ts']));
  });
  test('COMMIT is sent by the end of a change, and by nothing else', () => {
    const senders = where(/(?:text:|\.run\(|\bask\(\w+,)\s*['"`]\s*(?:commit|end)\b|[;'"`]\s*(?:commit|end)\s*;/i).map(({ file }) => file);
    assert.deepEqual(senders.filter((file) => file.startsWith('src/adapters/')), ['src/adapters/mysql/change/openChange.ts', 'src/adapters/postgres/openChange.ts']);
  });
});

/** `commit(intent: …): …` of an interface, `commit(typed) {` and `commit: async (…) =>` of an object. */
function isDefinition(line: string): boolean {
  return /^\s*(?:async )?commit\((?:[\w\s]*:|[\w\s,]*\)\s*\{)/.test(line);
}
