/**
 * Rows that were added to tables which the change emptied or altered. Nobody else can read such a table, and what was in it
 * cannot be told any more; what came afterwards is there to be read by the change itself.
 */
import { totalOf } from '../../core/effect/counters.ts';
import type { TableImages } from '../../core/effect/preview.ts';
import type { Step } from './batch.ts';
import { newVersions } from './imageSql.ts';
import { parseShapes, qualified, shapesSql, type ImageShape, type ImageTable } from './imageTables.ts';
import type { Line } from './line.ts';
import { arrayLiteral } from './quote.ts';
import { readApart, type ApartResult } from './readApart.ts';

export type AddedRequest = { readonly own: Line; readonly tables: readonly ImageTable[]; /** Identities of tables that were emptied or written anew. */ readonly gone: ReadonlySet<string>; readonly maxRows: number; readonly maxBytes: number; readonly signal: AbortSignal };

/** By table; absent where more happened to the rows than being added, or where they cannot be told from others. Never rejects. */
export async function addedRows({ own, tables, gone, maxRows, maxBytes, signal }: AddedRequest): Promise<ReadonlyMap<string, TableImages>> {
  const grown = tables.filter(({ counts }) => counts.inserted > 0 && counts.inserted === totalOf(counts));
  if (grown.length === 0) return new Map();
  const leaves = grown.flatMap((table) => table.leaves);
  // As the change sees them: it may have altered their columns.
  const [described] = await readApart(own, [{ text: shapesSql, values: [arrayLiteral(grown.map(({ id }) => id)), arrayLiteral(leaves.map(({ id }) => id))] }], signal);
  const shapes = parseShapes({ tag: '', rows: described?.rows ?? [] });
  const readable = grown.flatMap((table) => {
    const shape = shapes.get(table.id);
    return shape?.canSelect === true && !shape.isFiltered && shape.bytes <= maxBytes ? [{ table, shape }] : [];
  });
  const steps = readable.flatMap(({ table, shape }) => table.leaves.flatMap((leaf): Step[] => [countNew(leaf.table), newVersions(leaf.table, shape, maxRows + 1)]));
  const answers = await readApart(own, steps, signal);
  let at = 0;
  return new Map(
    readable.flatMap(({ table, shape }) => {
      const own = answers.slice(at, at + 2 * table.leaves.length);
      at += own.length;
      const image = toImage(table, shape, { answers: own, isGone: gone.has(table.id), maxRows });
      return image ? [[table.id, image] as const] : [];
    }),
  );
}

function countNew(leaf: ImageTable['table']): Step {
  return { text: `SELECT count(*) FROM ONLY ${qualified(leaf)} AS countersign WHERE age(countersign.xmin) <= 0` };
}

type Answered = { readonly answers: readonly ApartResult[]; readonly isGone: boolean; readonly maxRows: number };

/** Nothing when there are other new versions than rows that were added: then the table was written anew. */
function toImage({ table, counts }: ImageTable, { columns, key }: ImageShape, { answers, isGone, maxRows }: Answered): TableImages | undefined {
  if (answers.some(({ problem, tooLarge }) => problem !== undefined || tooLarge)) return undefined;
  const counted = answers.filter((_, index) => index % 2 === 0).reduce((sum, { rows }) => sum + Number(rows[0]?.[0] ?? 0), 0);
  if (counted !== counts.inserted) return undefined;
  const rows = answers.flatMap((answer, index) => (index % 2 === 0 ? [] : answer.rows.map(([, ...row]) => row))).slice(0, maxRows);
  const notes = [
    ...(isGone ? ['Every row it had is lost. Those are not listed; the rows it has now are, even where one equals a lost one.'] : []),
    ...(rows.length < counted ? [`Only ${String(rows.length)} of ${String(counted)} new rows are listed.`] : []),
  ];
  return { table, columns, key, changes: rows.map((after) => ({ kind: 'inserted', after })), ...(isGone ? {} : { totals: { inserted: counted, updated: 0, deleted: 0 } }), ...(notes.length === 0 ? {} : { incomplete: notes.join(' ') }) };
}
