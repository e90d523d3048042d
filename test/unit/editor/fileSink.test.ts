import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultFile } from '../../../src/adapters/resultFile.ts';
import { fileFormats } from '../../../src/editor/features/results/exportFormats.ts';
import { createFileSink } from '../../../src/editor/features/results/fileSink.ts';

const columns = [{ name: 'id', type: 'bigint' }, { name: 'v', type: 'text' }];

/** A file that takes its time. */
function slowFile(fails = false): { readonly file: ResultFile; readonly texts: string[]; readonly mostAtOnce: () => number } {
  const texts: string[] = [];
  let now = 0;
  let most = 0;
  const write = async (text: string): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    if (fails) throw new Error('disk full');
    texts.push(text);
  };
  return { file: { bytes: 0, write, finish: () => Promise.resolve('written'), abandon: () => Promise.resolve() }, texts, mostAtOnce: () => most };
}

const expected: Readonly<Record<string, string>> = {
  'CSV, with commas': 'id,v\r\n1,=1\r\n2,\r\n3,""\r\n',
  'CSV, with semicolons': 'id;v\r\n1;=1\r\n2;\r\n3;""\r\n',
  'CSV for spreadsheets, with commas': "\ufeffid,v\r\n1,'=1\r\n2,\r\n3,\"\"\r\n",
  'CSV for spreadsheets, with semicolons': "\ufeffid;v\r\n1;'=1\r\n2;\r\n3;\"\"\r\n",
  TSV: 'id\tv\n1\t=1\n2\t\n3\t""\n',
  JSON: '[\n  { "id": 1, "v": "=1" },\n  { "id": 2, "v": null },\n  { "id": 3, "v": "" }\n]\n',
  'JSON Lines': '{"id":1,"v":"=1"}\n{"id":2,"v":null}\n{"id":3,"v":""}\n',
  'SQL INSERT': 'INSERT INTO "public"."t" ("id", "v") VALUES\n  (1, \'=1\'),\n  (2, NULL),\n  (3, \'\');\n',
  Markdown: '| id | v |\n| ---: | --- |\n| 1 | =1 |\n| 2 | NULL |\n| 3 |  |\n',
};

test('every format that is offered is tested', () => assert.deepEqual(fileFormats.map(({ label }) => label), Object.keys(expected)));

for (const format of fileFormats) {
  test(`${format.label}: the whole text, one write at a time`, async () => {
    const { file, texts, mostAtOnce } = slowFile();
    const counts: number[] = [];
    const sink = createFileSink(file, format, { dialect: 'postgresql', table: { schema: 'public', table: 't' } }, (count) => counts.push(count));
    sink.columns(columns);
    sink.rows([['1', '=1']]);
    sink.rows([['2', null], ['3', '']]);
    await sink.ready();
    assert.equal(sink.ready(), undefined);
    await sink.end();
    assert.equal(texts.join(''), expected[format.label]);
    assert.deepEqual([counts, sink.count, mostAtOnce()], [[1, 3], 3, 1]);
  });
}

test('a file that cannot be written says so to who waits, and at the end', async () => {
  const [format] = fileFormats;
  assert.ok(format);
  const sink = createFileSink(slowFile(true).file, format, { dialect: 'mysql' }, () => undefined);
  sink.columns(columns);
  await assert.rejects(async () => await sink.ready(), /disk full/u);
  sink.rows([['1', 'x']]);
  await assert.rejects(sink.end(), /disk full/u);
});
