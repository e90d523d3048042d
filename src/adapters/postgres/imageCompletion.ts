/** When there are more rows than are shown, the two samples need not hold the same rows: each is completed by key. */
import { keyOf } from '../../core/effect/pairImages.ts';
import type { Row } from '../../core/effect/preview.ts';
import { versionsByKey } from './imageSql.ts';
import type { ImageShape } from './imageTables.ts';
import type { ImageLines } from './images.ts';
import type { ReadableTable, Versions } from './imageVersions.ts';
import { readApart } from './readApart.ts';

export async function completeByKey(
  lines: ImageLines,
  tables: readonly ReadableTable[],
  versions: ReadonlyMap<string, Versions<Row>>,
  maxRows: number,
): Promise<ReadonlyMap<string, Versions<Row>>> {
  const cut = tables.flatMap(({ table, shape }) => {
    const found = versions.get(table.id);
    return found?.isCut === true && shape.key.length > 0 ? [{ table, shape: byIdentity(shape), found }] : [];
  });
  if (cut.length === 0) return versions;
  const [former, own] = await Promise.all([
    readApart(lines.former, cut.map(({ table, shape, found }) => versionsByKey(table.table, shape, keysOf(missingFrom(found.before, found.after, shape), shape))), lines.signal),
    readApart(lines.own, cut.map(({ table, shape, found }) => versionsByKey(table.table, shape, keysOf(missingFrom(found.after, found.before, shape), shape))), lines.signal),
  ]);
  const completed = new Map(versions);
  cut.forEach(({ table, found }, index) => {
    const { problem } = former[index] ?? own[index] ?? {};
    // Unpaired rows would be taken for deleted and inserted ones: better to show none.
    if (problem) completed.set(table.id, { before: [], after: [], isCut: true, problem: `The rows could not be paired: ${problem.message}.` });
    else completed.set(table.id, { ...found, before: [...found.before, ...(former[index]?.rows ?? [])].slice(0, 2 * maxRows), after: [...found.after, ...(own[index]?.rows ?? [])].slice(0, 2 * maxRows) });
  });
  return completed;
}

/** A row that moved is found by what stays of its key. */
function byIdentity(shape: ImageShape): ImageShape {
  const { key, identity, keyTypes } = shape;
  return identity ? { ...shape, key: identity, keyTypes: identity.map((position) => keyTypes[key.indexOf(position)] ?? 'text') } : shape;
}

/** Rows of `other` whose key is not among `rows`. */
function missingFrom(rows: readonly Row[], other: readonly Row[], { key }: ImageShape): readonly Row[] {
  const known = new Set(rows.map((row) => keyOf(row, key)));
  return other.filter((row) => !known.has(keyOf(row, key)));
}

/** One list of values for each key column. */
function keysOf(rows: readonly Row[], { key }: ImageShape): readonly (readonly string[])[] {
  return key.map((position) => rows.map((row) => row[position] ?? ''));
}
