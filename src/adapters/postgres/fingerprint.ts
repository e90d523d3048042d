/** The fingerprint of an open change: the server digests the rows on both sides, so that none of them travels. */
import { compareNames, type Fingerprint, type SideDigest, type TableFingerprint } from '../../core/effect/fingerprint.ts';
import type { CatalogChange } from '../../core/effect/preview.ts';
import { toFailure } from '../../core/errors.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Context } from './context.ts';
import { columnExpressions, fingerprintFactsSql, ignoredColumns, literal, renewedColumns, parseFingerprintFacts, type ColumnsPlan, type Moment, type TableFacts } from './fingerprintFacts.ts';
import { aliasFor, groupLeaves, type ImageShape, type ImageTable } from './imageTables.ts';
import { askCatalog, beginFormer, obstacleFor, type ImageLines } from './images.ts';
import type { ReadableTable } from './imageVersions.ts';
import type { MeasuredChange } from './previewOf.ts';
import { arrayLiteral, quoteName } from './quote.ts';
import { readApart } from './readApart.ts';
import { askBothSides, type SideRows } from './rowSets.ts';

export type FingerprintRequest = MeasuredChange & { readonly statements: readonly ClassifiedStatement[]; readonly signal: AbortSignal; readonly maxTableBytes?: number };

const none = (reason: string): Fingerprint => ({ kind: 'none', reason });

/** Never rejects. */
export async function takeFingerprint(context: Context, request: FingerprintRequest): Promise<Fingerprint> {
  try {
    return await take(context, request);
  } catch (thrown) {
    return none(`The effect could not be read: ${toFailure(thrown).message}`);
  }
}

async function take(context: Context, request: FingerprintRequest): Promise<Fingerprint> {
  const { preview, touched, snapshot } = request;
  // What was emptied or altered nobody else can look at, not even in the catalogue: such tables are bound by their counts.
  const emptied = new Set(preview.effects.filter((effect) => effect.emptied === true).map(({ table }) => nameOf(table)));
  const tables = groupLeaves(touched).filter(({ table, leaves }) => !emptied.has(nameOf(table)) && !leaves.some(({ isLocked }) => isLocked));
  if (tables.length === 0) return assemble(request, new Map());
  const former = await context.metadata();
  if (!former) return none('There is no second connection to read the rows as they were.');
  const known = await askCatalog(former, { text: fingerprintFactsSql, values: [arrayLiteral(tables.map(({ id }) => id))] });
  const begun = 'problem' in known ? known : await beginFormer(former, snapshot, tables);
  if ('problem' in known || 'problem' in begun) return none(`The rows as they were could not be read: ${'problem' in begun ? begun.problem : ''}.`);
  const catalog: Catalog = { shapes: begun.shapes, facts: parseFingerprintFacts(known) };
  try {
    const lines: ImageLines = { own: context.line, former, signal: request.signal };
    return assemble(request, await digestTables(lines, request, tables, catalog));
  } finally {
    void former.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  }
}

type Digested = { readonly before: SideDigest; readonly after: SideDigest; readonly ignored: readonly string[] };

type Catalog = { readonly shapes: ReadonlyMap<string, ImageShape>; readonly facts: ReadonlyMap<string, TableFacts> };

async function digestTables(lines: ImageLines, { statements, preview, maxTableBytes }: FingerprintRequest, tables: readonly ImageTable[], { shapes, facts }: Catalog): Promise<ReadonlyMap<string, Digested>> {
  const readable = tables.flatMap((table): readonly ReadableTable[] => {
    const shape = shapes.get(table.id);
    return shape && !shape.isFiltered && obstacleFor(table, shape, maxTableBytes) === undefined ? [{ table, shape }] : [];
  });
  const [moment] = await readApart(lines.own, [{ text: momentSql }], lines.signal);
  const [zoned, ...bare] = moment?.rows[0] ?? [];
  if (zoned == null) return new Map();
  const ignored = new Map(tables.map((table) => [table.id, ignoredColumns(table, facts.get(table.id), statements)]));
  const made = new Map(tables.map(({ id, table }) => [id, { table, columns: ignored.get(id) ?? [] }]));
  const now: Moment = { zoned, bare: bare.flatMap((text) => text ?? []) };
  const transactionId = preview.transactionId ?? '0';
  const renewed = await readFormerValues(lines, transactionId, readable.map((each) => ({ each, columns: renewedColumns(each.table, facts.get(each.table.id), statements) })));
  const planOf = ({ table }: ReadableTable): ColumnsPlan => ({ facts: facts.get(table.id) ?? { columns: [], references: [] }, ignored: ignored.get(table.id) ?? [], renewed: renewed.get(table.id) ?? new Map(), now, made });
  const answers = await askBothSides(lines, readable, {
    transactionId,
    countRows,
    query: (from, table) => digestSql(from, table, planOf(table)),
  });
  return new Map(readable.flatMap((table) => withDigests(table, answers.get(table.table.id), planOf(table).ignored)));
}

function countRows(rows: SideRows['old']): number {
  return Number(rows[0]?.[0] ?? 0);
}

type Renewed = { readonly each: ReadableTable; readonly columns: readonly string[] };

/** What the changed rows held in these columns before, by table and column, as arrays. */
async function readFormerValues(lines: ImageLines, transactionId: string, tables: readonly Renewed[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const wanted = new Map(tables.filter(({ columns }) => columns.length > 0).map(({ each, columns }) => [each.table.id, columns]));
  const answers = await askBothSides(lines, tables.filter(({ columns }) => columns.length > 0).map(({ each }) => each), {
    transactionId,
    countRows,
    query: (from, { table, shape }) => {
      const columns = wanted.get(table.id) ?? [];
      const arrays = columns.map((name) => `coalesce(array_agg(DISTINCT ${aliasFor(shape.columns)}.${quoteName(name)}::text), '{}')::text`);
      return `SELECT ${['count(*)', ...arrays].join(', ')} FROM ${from(columns)}`;
    },
  });
  return new Map([...wanted].map(([id, columns]) => [id, new Map(columns.flatMap((name, index) => [answers.get(id)?.old[0]?.[index + 1]].flatMap((text) => (text == null ? [] : [[name, text] as const]))))]));
}

function withDigests({ table }: ReadableTable, answer: SideRows | undefined, ignored: readonly string[]): readonly (readonly [string, Digested])[] {
  const [before, after] = [toDigest(answer?.old), toDigest(answer?.fresh)];
  return before && after ? [[table.id, { before, after, ignored }]] : [];
}

/** In the session's own zone, and as UTC; tables without a zone may hold either. */
const momentSql = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00', to_char(localtimestamp, 'YYYY-MM-DD HH24:MI:SS.US'), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";

/** How many rows, and a digest of them that does not depend on their order. What the columns are called and hold is part of it. */
function digestSql(from: (columns: readonly string[]) => string, table: ReadableTable, plan: ColumnsPlan): string {
  const { columns } = plan.facts;
  const header = literal(JSON.stringify(columns.map(({ name, type }) => [name, type])));
  const each = `sha256(convert_to(ROW(${columnExpressions(table, plan).join(', ')})::text, 'UTF8'))`;
  const alias = aliasFor([{ name: 'digest', type: '' }]);
  return `SELECT count(*), encode(sha256(convert_to(${header}, 'UTF8') || coalesce(string_agg(${alias}.digest, ''::bytea ORDER BY ${alias}.digest), ''::bytea)), 'hex')
    FROM (SELECT ${each} AS digest FROM ${from(columns.map(({ name }) => name))}) AS ${alias}`;
}

function toDigest(rows: SideRows['old'] | undefined): SideDigest | undefined {
  const [count, sha256] = rows?.[0] ?? [];
  return count == null || sha256 == null ? undefined : { rows: Number(count), sha256 };
}

function assemble({ preview, touched }: FingerprintRequest, digests: ReadonlyMap<string, Digested>): Fingerprint {
  const ids = new Map(groupLeaves(touched).map(({ id, table }) => [nameOf(table), id]));
  const tables = preview.effects.map(({ table, inserted, updated, deleted }): TableFingerprint => {
    const digested = digests.get(ids.get(nameOf(table)) ?? '');
    return { table: nameOf(table), operations: { inserted, updated, deleted }, ignored: [], ...digested };
  });
  const isExact = preview.effects.every(({ exactness = 'exact' }) => exactness === 'exact');
  return {
    kind: 'fingerprint',
    version: 1,
    tables: tables.toSorted((a, b) => compareNames(a.table, b.table)),
    definitions: (preview.definition?.changes ?? []).map(describeDefinition).toSorted(compareNames),
    complete: isExact && tables.every(({ before, after }) => before !== undefined && after !== undefined),
  };
}

function describeDefinition({ kind, object, name, detail }: CatalogChange): string {
  return [kind, object, name, ...(detail === undefined ? [] : [detail])].join(' ');
}

function nameOf({ schema, table }: { readonly schema: string; readonly table: string }): string {
  return `${schema}.${table}`;
}
