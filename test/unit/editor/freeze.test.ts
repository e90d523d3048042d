import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialect } from '../../../src/core/sql/verdict.ts';
import { freezeAll, freezeSelections, toDocumentOffset } from '../../../src/editor/features/run/freeze.ts';

/** `|` marks a caret, `[` and `]` a selection. */
function at(marked: string) {
  let text = '';
  const selections: { start: number; end: number }[] = [];
  let open = 0;
  for (const character of marked) {
    if (character === '|') selections.push({ start: text.length, end: text.length });
    else if (character === '[') open = text.length;
    else if (character === ']') selections.push({ start: open, end: text.length });
    else text += character;
  }
  return { text, selections };
}

const cases: readonly { readonly name: string; readonly marked: string; readonly expected: string | undefined; readonly dialect?: Dialect }[] = [
  { name: 'the statement at the caret', marked: 'select 1; sel|ect 2; select 3;', expected: 'select 2' },
  { name: 'a caret just after a semicolon belongs to the statement before it', marked: 'select 1;| select 2;', expected: 'select 1' },
  { name: 'a caret on an empty line belongs to nothing', marked: 'select 1;\n\n|\n\nselect 2;', expected: undefined },
  { name: 'a selection runs as it is', marked: 'select [1 + 2], 3;', expected: '1 + 2' },
  { name: 'several carets run in document order', marked: 'select 1;\nselect 2|;\nselect 3;\nsel|ect 4', expected: 'select 2\n;\nselect 4' },
  { name: 'two carets in one statement run it once', marked: 'sel|ect 1|', expected: 'select 1' },
  { name: 'a caret inside a selection means the selection', marked: '[sel|ect 1; select 2]', expected: 'select 1; select 2' },
  { name: 'a caret whose statement reaches beyond a selection widens it', marked: 'select [1] + |2', expected: 'select 1 + 2' },
  { name: 'a comment at the end of one part swallows nothing', marked: '[select 1 -- one]\n; select 2; select| 2', expected: 'select 1 -- one\n;\nselect 2' },
  { name: 'a backslash escapes a quote on MySQL', marked: "select 'it\\'s; |'; select 2", expected: "select 'it\\'s; '", dialect: 'mysql' },
  { name: 'a body of MySQL is one statement', marked: 'create procedure p() begin select 1; |select 2; end; select 3', expected: 'create procedure p() begin select 1; select 2; end', dialect: 'mariadb' },
  { name: 'a delimiter belongs to the statement before it', marked: 'delimiter $$\nselect 1; select 2$$|\nselect 3$$', expected: 'select 2', dialect: 'mysql' },
  { name: 'a line that sets the delimiter is no statement', marked: 'deli|miter $$\n\nselect 1$$', expected: undefined, dialect: 'mysql' },
  { name: 'a caret behind the semicolon on MySQL', marked: 'select 1;| # one\nselect 2', expected: 'select 1', dialect: 'mysql' },
  { name: 'a caret on an empty line on MySQL', marked: 'select 1;\n\n|\n\nselect 2;', expected: undefined, dialect: 'mysql' },
  { name: 'a dollar quote is no place to split', marked: 'do $$ begin; |end $$; select 1', expected: 'do $$ begin; end $$' },
];

for (const { name, marked, expected, dialect = 'postgresql' } of cases) {
  test(name, () => {
    const { text, selections } = at(marked);
    assert.equal(freezeSelections(text, selections, dialect)?.text, expected);
  });
}

test('carets are taken in document order, whatever order they were made in', () => {
  const { text, selections } = at('|select 1; |select 2;');
  assert.equal(freezeSelections(text, selections.toReversed(), 'postgresql')?.text, 'select 1\n;\nselect 2');
});

test('every character of the frozen text is found again in the document', () => {
  const { text, selections } = at('select 1; |select 22; select 3; sele|ct 44;');
  const frozen = freezeSelections(text, selections, 'postgresql');
  assert.ok(frozen);
  for (const word of ['22', '44']) assert.equal(text.slice(toDocumentOffset(frozen, frozen.text.indexOf(word))).slice(0, 2), word);
  // Between two parts: the end of the first.
  assert.equal(toDocumentOffset(frozen, frozen.text.indexOf('\n;')), text.indexOf('; select 3'));
  assert.equal(toDocumentOffset(frozen, 1000), text.length - 1);
});

test('all of a document is taken verbatim', () => {
  const text = '  -- only a comment\n';
  assert.deepEqual(freezeAll(text), { text, parts: [{ start: 0, documentStart: 0, length: text.length }] });
});
