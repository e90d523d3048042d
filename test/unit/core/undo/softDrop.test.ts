import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMs } from '../../../../src/core/brand.ts';
import type { TableEffect } from '../../../../src/core/effect/preview.ts';
import type { ClassifiedStatement, Dialect } from '../../../../src/core/sql/verdict.ts';
import { offerSoftDrop } from '../../../../src/core/undo/softDrop.ts';
import { statement } from '../../../fakes/statements.ts';

const now = epochMs(Date.parse('2026-11-21T12:34:56.789Z'));
const effect = (table: string, facts: Partial<TableEffect> = {}): TableEffect => ({ table: { schema: 'public', table }, inserted: 0, updated: 0, deleted: 3, emptied: true, why: 'statement', ...facts });
const target = (table: string) => ({ table, access: 'write' as const });
const make = (text: string, kind: string, tables: readonly string[]): ClassifiedStatement => ({ ...statement(text, 'destructive'), kind, targets: tables.map(target) });

type Case = { name: string; dialect?: Dialect; statement: ClassifiedStatement; effects: readonly TableEffect[]; script?: RegExp; back?: RegExp };

const cases: readonly Case[] = [
  { name: 'a table is renamed, then moved', statement: make('DROP TABLE t', 'drop-table', ['t']), effects: [effect('t')], script: /^CREATE SCHEMA IF NOT EXISTS trash;\nALTER TABLE "public"\."t" RENAME TO "t__20261121T123456";\nALTER TABLE "public"\."t__20261121T123456" SET SCHEMA trash;\n$/, back: /SET SCHEMA "public".*RENAME TO "t"$/s },
  { name: 'names are quoted and cut by bytes', statement: make('DROP TABLE x', 'drop-table', ['ü"'.repeat(25)]), effects: [effect('ü"'.repeat(25))], script: /RENAME TO "(?:ü""){15}__20261121T123456"/ },
  { name: 'what cascades away is not moved unseen', statement: make('DROP TABLE t, gone', 'drop-table', ['t', 'gone']), effects: [effect('t')] },
  { name: 'every table that TRUNCATE empties is copied first', statement: make('TRUNCATE t CASCADE', 'truncate', ['t']), effects: [effect('t'), effect('child', { why: 'cascade from t' })], script: /AS TABLE "public"\."t";\n.*AS TABLE "public"\."child";\nTRUNCATE t CASCADE;\n$/s },
  { name: 'deleted rows are moved by the statement itself', statement: make('DELETE FROM t WHERE a', 'delete', ['t']), effects: [effect('t', { emptied: false })], script: /WITH gone AS \(\nDELETE FROM t WHERE a\nRETURNING "t"\.\*\)\nINSERT INTO "trash"\."t__20261121T123456" SELECT \* FROM gone;/ },
  { name: 'by the name the statement gives the table', statement: make('DELETE FROM ONLY public.t AS x USING u WHERE x.id = u.id', 'delete', ['t']), effects: [effect('t', { emptied: false })], script: /RETURNING x\.\*/ },
  { name: 'not where rows elsewhere go with them', statement: make('DELETE FROM t', 'delete', ['t']), effects: [effect('t', { emptied: false }), effect('child', { emptied: false })] },
  { name: 'not where other rows of the same table go with them', statement: make('DELETE FROM t WHERE a', 'delete', ['t']), effects: [effect('t', { emptied: false, why: 'statement, cascade from its own rows', cause: 'mixed' })] },
  { name: 'not where the text returns rows already', statement: make('DELETE FROM t RETURNING id', 'delete', ['t']), effects: [effect('t', { emptied: false })] },
  { name: 'not where it ends in a comment', statement: make('DELETE FROM t -- all', 'delete', ['t']), effects: [effect('t', { emptied: false })] },
  { name: 'an update destroys nothing that could be moved', statement: make('UPDATE t SET a = 1', 'update', ['t']), effects: [effect('t', { emptied: false })] },
  { name: 'MySQL keeps the table in its database', dialect: 'mysql', statement: make('DROP TABLE t', 'drop-table', ['t']), effects: [effect('t')], script: /^RENAME TABLE `public`\.`t` TO `public`\.`t__20261121T123456`;\n$/, back: /^RENAME TABLE `public`\.`t__20261121T123456` TO `public`\.`t`$/ },
  { name: 'MariaDB exchanges an emptied table in one step', dialect: 'mariadb', statement: make('TRUNCATE t', 'truncate', ['t']), effects: [effect('t')], script: /LIKE `public`\.`t`;\nRENAME TABLE `public`\.`t` TO `public`\.`t__20261121T123456`, `public`\.`t__20261121T123456n` TO `public`\.`t`;/ },
];

for (const { name, dialect = 'postgresql', statement: original, effects, script, back } of cases) {
  test(name, () => {
    const offer = offerSoftDrop({ dialect, statement: original, effects, now });
    if (!script) return assert.equal(offer, undefined);
    assert.match(offer?.script ?? '', script);
    assert.ok((offer?.notes.length ?? 0) > 0);
    if (back) assert.match(offer?.wayBack.steps.map(({ sql }) => sql).join('\n') ?? '', back);
    assert.equal(offer?.wayBack.steps.flatMap(({ parts }) => parts).length, effects.length);
  });
}
