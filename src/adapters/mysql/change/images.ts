/** Rows before and after a change, for the panel. */
import { totalOf } from '../../../core/effect/counters.ts';
import { totalsOf } from '../../../core/effect/netRows.ts';
import { pairImages, withoutKey } from '../../../core/effect/pairImages.ts';
import type { Preview, RowChange, TableImages } from '../../../core/effect/preview.ts';
import type { Line } from '../line.ts';
import type { TableFacts } from './catalog.ts';
import type { Measured } from './measure.ts';
import { eachChange, readingProblem } from './rowChanges.ts';

export type ImagesRequest = { readonly own: Line; readonly measured: Measured; readonly preview: Preview; readonly maxRows: number; readonly signal: AbortSignal };

type Totals = NonNullable<TableImages['totals']>;

/** In the order of the effects. Throws `Unanswered` when a line is lost. */
export async function fetchImages(request: ImagesRequest): Promise<readonly TableImages[]> {
  const images: TableImages[] = [];
  for (const { table } of request.preview.effects) {
    const facts = [...request.measured.plan.tables.values()].find(({ ref }) => ref.schema === table.schema && ref.table === table.table);
    images.push(facts ? await imagesOf(request, facts) : { table, columns: [], key: [], changes: [], incomplete: 'Nothing is known about this table: its rows are not listed.' });
  }
  return images;
}

async function imagesOf({ own, measured, maxRows, signal }: ImagesRequest, facts: TableFacts): Promise<TableImages> {
  const listed: RowChange[] = [];
  const totals = { inserted: 0, updated: 0, deleted: 0 };
  const updates = updatesWithoutKey(measured, facts);
  const found = await eachChange({
    own,
    measured,
    facts,
    tell: ({ change }) => {
      totals[change.kind] += 1;
      if (updates !== undefined || listed.length < maxRows) listed.push(change);
      return !signal.aborted;
    },
  }).catch((thrown: unknown) => ({ isWhole: false, problem: readingProblem(thrown) }));
  const all = updates !== undefined && found.isWhole ? pairRows(listed, updates) : listed;
  const changes = all.slice(0, maxRows);
  const net = found.isWhole ? (updates === undefined ? totals : totalsOf(all, false, { inserted: 0, updated: updates, deleted: 0 })) : countedAlone(measured, facts);
  const sum = net ? totalOf(net) : undefined;
  const cut = changes.length < (sum ?? 0) ? [`Only ${String(changes.length)} of ${String(sum)} rows are listed.`] : [];
  const unpaired = updates !== undefined && found.isWhole && all.some(({ kind }) => kind !== 'updated') ? [withoutKey] : [];
  const notes = [...cut, ...unpaired, ...(found.problem === undefined ? [] : [found.problem])];
  return {
    table: facts.ref,
    columns: facts.columns.map(({ name, type }) => ({ name, type })),
    key: facts.key.map((name) => facts.columns.findIndex((column) => column.name === name)),
    changes,
    ...(net ? { totals: net } : {}),
    ...(notes.length === 0 ? {} : { incomplete: notes.join(' ') }),
  };
}

/** Updates of a table without a key, where nothing else happened to it. */
function updatesWithoutKey({ tables }: Measured, { id, key }: TableFacts): number | undefined {
  const operations = tables.get(id)?.operations;
  return key.length === 0 && operations && operations.updated > 0 && operations.inserted === 0 && operations.deleted === 0 ? operations.updated : undefined;
}

function pairRows(changes: readonly RowChange[], updated: number): readonly RowChange[] {
  const before = changes.flatMap((change) => (change.kind === 'inserted' ? [] : [change.before]));
  const after = changes.flatMap((change) => (change.kind === 'deleted' ? [] : [change.after]));
  return pairImages({ key: [], before, after, updated });
}

/** One statement changes a row once: then the server's counts are the number of rows. */
function countedAlone({ accounts, tables, completeness }: Measured, facts: TableFacts): Totals | undefined {
  const operations = tables.get(facts.id)?.operations;
  if (!operations || accounts.length !== 1 || operations.extra > 0 || completeness.exactness !== 'exact') return undefined;
  const { inserted, updated, deleted } = operations;
  return { inserted, updated, deleted };
}
