/**
 * The way back from a change on PostgreSQL: one statement, because foreign keys are checked at its end. So neither the order
 * of tables nor cycles matter, and nothing cascades from a state that is only passed through.
 *
 * Values are cast from their texts on both sides of every comparison, so the statement means the same under any settings.
 */
import type { Row } from '../../effect/preview.ts';
import { maxScriptBytes, utf8Length } from '../../sql/bytes.ts';
import { changes, planRows, type RowWork, type Update } from '../rowWork.ts';
import type { UndoPart, UndoStep } from '../undo.ts';
import type { UndoTable } from '../undoTable.ts';
import { after, asText, holds, keyColumns, keyNames, onlyTable, quoteName, report, sameKey, tableName, valueOf, valueRows, writable } from './pieces.ts';

/** What one part adds to the statement. */
type Piece = { readonly parts: readonly string[]; readonly reports: readonly string[]; readonly part: UndoPart; /** Its name, to wait for. */ readonly name: string };

export type PlannedUndo = { readonly kind: 'step'; readonly step: UndoStep | undefined } | { readonly kind: 'none'; readonly reason: string };

/** Room for the words around the statement. */
const headBytes = 8 * 1024;

export function planPostgresUndo(tables: readonly UndoTable[]): PlannedUndo {
  const works: RowWork[] = [];
  for (const table of tables) {
    const planned = planRows(table);
    if (planned.kind === 'none') return planned;
    if (writable(table).length === 0) return { kind: 'none', reason: `${table.table.schema}.${table.table.table} has no column that can be written.` };
    works.push(planned.work);
  }
  const name = createNames();
  const pieces = works.flatMap((work) => piecesOf(work, name));
  if (pieces.length === 0) return { kind: 'step', step: undefined };
  const sql = `WITH ${pieces.flatMap(({ parts }) => parts).join(',\n')}\n${pieces.flatMap(({ reports }) => reports).join('\nUNION ALL ')}`;
  if (sql.length > maxScriptBytes - headBytes || utf8Length(sql) > maxScriptBytes - headBytes) return { kind: 'none', reason: 'the rows are too large to be written back by one statement of 2 MB.' };
  return { kind: 'step', step: { sql, parts: pieces.map(({ part }) => part) } };
}

type Names = (kind: string) => string;

function createNames(): Names {
  let count = 0;
  return (kind) => {
    count += 1;
    return `${kind}${String(count)}`;
  };
}

/** Deletions make room for updates, and both for insertions. */
function piecesOf({ table, remove, update, restore }: RowWork, name: Names): readonly Piece[] {
  const removing = remove.length === 0 ? [] : [table.key.length > 0 ? removeByKey(table, remove, name) : removeByRow(table, remove, name)];
  const before = removing.map((piece) => piece.name);
  const updating = groupByColumns(table, update).map(([columns, group]) => updatePiece({ table, columns, updates: group, before, name }));
  const both = [...before, ...updating.map((piece) => piece.name)];
  const restoring = restore.length === 0 ? [] : [restorePiece(table, restore, both, name)];
  return [...removing, ...updating, ...restoring];
}

function groupByColumns(table: UndoTable, updates: readonly Update[]): readonly (readonly [readonly number[], readonly Update[]])[] {
  const groups = new Map<string, [readonly number[], Update[]]>();
  for (const update of updates) {
    const columns = changes(table, update);
    const group = groups.get(columns.join()) ?? [columns, []];
    group[1].push(update);
    groups.set(columns.join(), group);
  }
  return [...groups.values()];
}

const changedSince = 'changed or gone since';

function removeByKey(table: UndoTable, rows: readonly Row[], name: Names): Piece {
  const [values, done] = [name('w'), name('d')];
  const others = writable(table).filter(({ position }) => !table.key.includes(position));
  const names = [...keyNames(table), ...others.map((_, index) => `c${String(index + 1)}`)];
  const data = rows.map((row) => [...keyOf(table, row), ...others.map(({ position }) => row[position] ?? null)]);
  const guards = others.map(({ column }, index) => holds('t', column, `w.c${String(index + 1)}`));
  return {
    name: done,
    part: { table: table.table, kind: 'remove-inserted', rows: rows.length },
    parts: [
      valueRows(values, names, data),
      `${done} AS (DELETE FROM ${onlyTable(table)} AS t USING ${values} AS w WHERE ${[sameKey(table, 't', 'w'), ...guards].join(' AND ')} RETURNING w.n)`,
    ],
    reports: [report(table, rowText(keyNames(table)), changedSince, `${values} AS w WHERE w.n NOT IN (SELECT x.n FROM ${done} AS x)`)],
  };
}

/** Without a key a row is known by all its values, and of equal rows as many go as the change made. */
function removeByRow(table: UndoTable, rows: readonly Row[], name: Names): Piece {
  const [values, places, done] = [name('w'), name('p'), name('d')];
  const columns = writable(table);
  const names = columns.map((_, index) => `c${String(index + 1)}`);
  const counted = new Map<string, number>();
  for (const row of rows) {
    const text = JSON.stringify(columns.map(({ position }) => row[position] ?? null));
    counted.set(text, (counted.get(text) ?? 0) + 1);
  }
  const data = [...counted].map(([text, count]) => [...(JSON.parse(text) as Row), String(count)]);
  const stored = columns.map(({ column }) => `x.${quoteName(column.name)}::text`).join(', ');
  const wanted = columns.map(({ column }, index) => asText(column, `w.c${String(index + 1)}`)).join(', ');
  return {
    name: done,
    part: { table: table.table, kind: 'remove-inserted', rows: rows.length },
    parts: [
      valueRows(values, [...names, 'm'], data),
      `${places} AS (SELECT q.place, q.part, q.n FROM (SELECT x.ctid AS place, x.tableoid AS part, w.n, w.m, pg_catalog.row_number() OVER (PARTITION BY w.n) AS r
  FROM ${onlyTable(table)} AS x JOIN ${values} AS w ON ROW(${stored})::text = ROW(${wanted})::text) AS q WHERE q.r <= q.m::bigint)`,
      `${done} AS (DELETE FROM ${onlyTable(table)} AS t USING ${places} AS p WHERE t.ctid = p.place AND t.tableoid = p.part RETURNING p.n)`,
    ],
    reports: [
      report(
        table,
        rowText(names),
        changedSince,
        `${values} AS w LEFT JOIN (SELECT y.n, pg_catalog.count(*) AS done FROM ${done} AS y GROUP BY y.n) AS x ON x.n = w.n CROSS JOIN LATERAL pg_catalog.generate_series(1, w.m::bigint - coalesce(x.done, 0))`,
      ),
    ],
  };
}

type UpdateFacts = { readonly table: UndoTable; readonly columns: readonly number[]; readonly updates: readonly Update[]; readonly before: readonly string[]; readonly name: Names };

function updatePiece({ table, columns, updates, before, name }: UpdateFacts): Piece {
  const [values, done] = [name('w'), name('u')];
  const changed = columns.flatMap((position, index) => {
    const column = table.columns[position];
    return column ? [{ column, position, was: `b${String(index + 1)}`, is: `a${String(index + 1)}` }] : [];
  });
  const names = [...keyNames(table), ...changed.flatMap(({ was, is }) => [was, is])];
  const data = updates.map((update) => [...keyOf(table, update.after), ...changed.flatMap(({ position }) => [update.before[position] ?? null, update.after[position] ?? null])]);
  const assignments = changed.map(({ column, was }) => `${quoteName(column.name)} = ${valueOf(column, `w.${was}`)}`);
  const guards = changed.map(({ column, is }) => holds('t', column, `w.${is}`));
  return {
    name: done,
    part: { table: table.table, kind: 'restore-updated', rows: updates.length },
    parts: [
      valueRows(values, names, data),
      `${done} AS (UPDATE ${onlyTable(table)} AS t SET ${assignments.join(', ')} FROM ${values} AS w WHERE ${[...after(before), sameKey(table, 't', 'w'), ...guards].join(' AND ')} RETURNING w.n)`,
    ],
    reports: [report(table, rowText(keyNames(table)), changedSince, `${values} AS w WHERE w.n NOT IN (SELECT x.n FROM ${done} AS x)`)],
  };
}

function restorePiece(table: UndoTable, rows: readonly Row[], before: readonly string[], name: Names): Piece {
  const [values, done] = [name('w'), name('i')];
  const columns = writable(table).map(({ column, position }, index) => ({ column, position, name: `c${String(index + 1)}` }));
  const data = rows.map((row) => columns.map(({ position }) => row[position] ?? null));
  // A key that the server computes is not among what is written.
  const keys = keyColumns(table).some(({ column }) => column.isGenerated) ? [] : keyColumns(table);
  const overriding = table.columns.some(({ isIdentityAlways }) => isIdentityAlways) ? ' OVERRIDING SYSTEM VALUE' : '';
  // The server takes no arbiter that is checked later: then a place that is taken fails the whole statement.
  const conflict = table.uniques.some(({ isDeferrable }) => isDeferrable) ? '' : ' ON CONFLICT DO NOTHING';
  const conditions = after(before);
  const returned = keys.length > 0 ? keys.map(({ column }, index) => `${quoteName(column.name)} AS k${String(index + 1)}`).join(', ') : '1 AS k1';
  const nameAt = new Map(columns.map((column) => [column.position, column.name]));
  const matches = keys.map(({ column, position }, index) => `x.k${String(index + 1)} = ${valueOf(column, `w.${nameAt.get(position) ?? ''}`)}`);
  const missing =
    keys.length > 0
      ? report(table, rowText(keys.map(({ position }) => nameAt.get(position) ?? '')), 'its place is taken', `${values} AS w WHERE NOT EXISTS (SELECT FROM ${done} AS x WHERE ${matches.join(' AND ')})`)
      : report(table, "'(without a key)'", 'its place is taken', `pg_catalog.generate_series(1, (SELECT pg_catalog.count(*) FROM ${values}) - (SELECT pg_catalog.count(*) FROM ${done}))`);
  return {
    name: done,
    part: { table: table.table, kind: 'restore-deleted', rows: rows.length },
    parts: [
      valueRows(values, columns.map((column) => column.name), data),
      `${done} AS (INSERT INTO ${tableName(table)} (${columns.map(({ column }) => quoteName(column.name)).join(', ')})${overriding}
  SELECT ${columns.map((column) => valueOf(column.column, `w.${column.name}`)).join(', ')} FROM ${values} AS w${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}${conflict} RETURNING ${returned})`,
    ],
    reports: [missing],
  };
}

function keyOf({ key }: UndoTable, row: Row): readonly (string | null)[] {
  return key.map((position) => row[position] ?? null);
}

function rowText(names: readonly string[]): string {
  return `ROW(${names.map((name) => `w.${name}`).join(', ')})::text`;
}
