import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRows, type RowsToFormat } from '../../../../src/core/results/formatRows.ts';
import { createRowWriter, type RowFormat } from '../../../../src/core/results/rowWriter.ts';

const columns = [
  { name: 'id', type: 'bigint' },
  { name: 'note', type: 'text' },
  { name: 'ok', type: 'boolean' },
  { name: 'amount', type: 'numeric(10,2)' },
  { name: 'data', type: 'jsonb' },
];
const input: RowsToFormat = {
  columns,
  rows: [
    ['9007199254740993', 'a "b",\tc\nd|e', 't', '12.50', '{"n": 1.10}'],
    ['7', '', 'f', null, null],
  ],
  headers: true,
  dialect: 'postgresql',
};

const cases: readonly { readonly name: string; readonly format: RowFormat; readonly input?: Partial<RowsToFormat>; readonly expected: string }[] = [
  { name: 'tsv quotes what would break a cell and keeps NULL apart from the empty string', format: 'tsv', expected: 'id\tnote\tok\tamount\tdata\n9007199254740993\t"a ""b"",\tc\nd|e"\tt\t12.50\t"{""n"": 1.10}"\n7\t""\tf\t\t' },
  { name: 'csv', format: 'csv', input: { headers: false, columns: columns.slice(0, 2), rows: [['1', 'a,b'], ['2', null]] }, expected: '1,"a,b"\r\n2,' },
  { name: 'a single cell is its text', format: 'tsv', input: { headers: false, columns: columns.slice(1, 2), rows: [['a "b"\n']] }, expected: 'a "b"\n' },
  { name: 'a single NULL is nothing', format: 'tsv', input: { headers: false, columns: columns.slice(1, 2), rows: [[null]] }, expected: '' },
  {
    name: 'json keeps digits that a number would lose',
    format: 'json',
    expected: '[\n  { "id": "9007199254740993", "note": "a \\"b\\",\\tc\\nd|e", "ok": true, "amount": "12.50", "data": {"n": 1.10} },\n  { "id": 7, "note": "", "ok": false, "amount": null, "data": null }\n]',
  },
  { name: 'json tells columns of one name apart', format: 'json', input: { columns: [{ name: 'n', type: 'integer' }, { name: 'n', type: 'integer' }], rows: [['1', '2']] }, expected: '[\n  { "n": 1, "n_2": 2 }\n]' },
  { name: 'json does not take NaN for a number', format: 'json', input: { columns: [{ name: 'n', type: 'numeric' }], rows: [['NaN'], ['Infinity']] }, expected: '[\n  { "n": "NaN" },\n  { "n": "Infinity" }\n]' },
  { name: 'markdown', format: 'markdown', input: { columns: columns.slice(0, 2), rows: [['1', 'a|b\nc'], ['2', null]] }, expected: '| id | note |\n| ---: | --- |\n| 1 | a\\|b<br>c |\n| 2 | NULL |' },
  {
    name: 'insert stores the same values again',
    format: 'insert',
    input: { table: { schema: 'public', table: 'Order "Items"' }, rows: [['1', "it's \\", 't', '12.50', '{}'], ['2', null, 'f', 'NaN', null]] },
    expected: 'INSERT INTO "public"."Order ""Items""" ("id", "note", "ok", "amount", "data") VALUES\n  (1, E\'it\'\'s \\\\\', true, 12.50, \'{}\'),\n  (2, NULL, false, \'NaN\', NULL);',
  },
  { name: 'insert into an unknown table of another dialect', format: 'insert', input: { columns: [{ name: 'a`b', type: 'text' }], rows: [["x'\\"]], dialect: 'mysql' }, expected: "INSERT INTO `table_name` (`a``b`) VALUES\n  ('x''\\\\');" },
  { name: 'insert writes bytes of MySQL as bytes, and a text that looks like them as a text', format: 'insert', input: { columns: [{ name: 'a', type: 'varbinary(3)' }, { name: 'b', type: 'varchar(9)' }, { name: 'c', type: 'longblob' }], rows: [['0x00FF', '0x00FF', '0x']], dialect: 'mariadb' }, expected: "INSERT INTO `table_name` (`a`, `b`, `c`) VALUES\n  (0x00FF, '0x00FF', '');" },
  { name: 'csv with semicolons', format: 'csv', input: { delimiter: ';', columns: columns.slice(0, 2), rows: [['1', 'a,b'], ['2', 'c;d']] }, expected: 'id;note\r\n1;a,b\r\n2;"c;d"' },
  { name: 'csv of nothing has its header', format: 'csv', input: { columns: columns.slice(0, 2), rows: [] }, expected: 'id,note' },
  { name: 'what a spreadsheet would run is left alone unless asked', format: 'csv', input: { columns: columns.slice(1, 2), rows: [['=1+1'], ['-x']] }, expected: 'note\r\n=1+1\r\n-x' },
  {
    name: 'formulas are made harmless in names and values, numbers stay numbers',
    format: 'csv',
    input: { guardsFormulas: true, columns: [{ name: '=n', type: 'integer' }, { name: 't', type: 'text' }], rows: [['-5', '=HYPERLINK("http://x")'], ['NaN', '-5'], ['+1', '@SUM(A1)'], [null, '\t=1'], ['1', '＝1'], ['1', 'a=1']] },
    expected: '\'=n,t\r\n-5,"\'=HYPERLINK(""http://x"")"\r\nNaN,\'-5\r\n+1,\'@SUM(A1)\r\n,\'\t=1\r\n1,\'＝1\r\n1,a=1',
  },
  { name: 'json lines', format: 'jsonl', expected: '{"id":"9007199254740993","note":"a \\"b\\",\\tc\\nd|e","ok":true,"amount":"12.50","data":{"n": 1.10}}\n{"id":7,"note":"","ok":false,"amount":null,"data":null}' },
  { name: 'json that was stored on several lines is one line', format: 'jsonl', input: { columns: [{ name: 'j', type: 'json' }], rows: [['{\r\n  "a": "b\\nc"\n}']] }, expected: '{"j":{   "a": "b\\nc" }}' },
  { name: 'an IN list has each value once and no NULL', format: 'in-list', input: { columns: columns.slice(0, 1), rows: [['1'], ['2'], [null], ['1']] }, expected: '(1, 2)' },
  { name: 'an IN list of texts', format: 'in-list', input: { columns: columns.slice(1, 2), rows: [["it's"], ['a\\b'], ['']] }, expected: "('it''s', E'a\\\\b', '')" },
  { name: 'an IN list of several columns', format: 'in-list', input: { columns: columns.slice(0, 2), rows: [['1', 'a'], ['2', null]] }, expected: "((1, 'a'))" },
  { name: 'an empty IN list is still SQL', format: 'in-list', input: { columns: columns.slice(0, 1), rows: [[null]] }, expected: '(NULL)' },
  { name: 'an array of numbers is no number', format: 'insert', input: { columns: [{ name: 'a', type: 'integer[]' }], rows: [['{1,2}']] }, expected: "INSERT INTO \"table_name\" (\"a\") VALUES\n  ('{1,2}');" },
];

for (const { name, format, input: changes, expected } of cases) {
  test(name, () => assert.equal(formatRows(format, { ...input, ...changes }), expected));
}

test('many rows become several statements', () => {
  const rows = Array.from({ length: 250 }, (_, index) => [String(index)]);
  const text = formatRows('insert', { ...input, columns: columns.slice(0, 1), rows });
  assert.equal(text.match(/INSERT/gu)?.length, 3);
});

/** Batches fall anywhere: between rows, in the middle of an INSERT, before the first row. */
for (const format of ['csv', 'tsv', 'json', 'jsonl', 'markdown', 'insert', 'in-list'] satisfies RowFormat[]) {
  test(`${format} is the same in batches`, () => {
    const rows = Array.from({ length: 250 }, (_, index) => [String(index), index % 3 === 0 ? null : `v${String(index)}`]);
    const facts = { ...input, columns: columns.slice(0, 2) };
    const writer = createRowWriter(format, facts);
    const parts = [[], rows.slice(0, 1), rows.slice(1, 100), rows.slice(100, 101), [], rows.slice(101)].map((batch) => writer.rows(batch));
    assert.equal(writer.begin() + parts.join('') + writer.end(), formatRows(format, { ...facts, rows }));
  });
}
