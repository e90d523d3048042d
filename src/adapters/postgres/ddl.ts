/** What the definitions in a change did beyond rows: the catalogue before and after, storage, full scans, locks. */
import { diffCatalog, type CatalogRow, type FormerRow } from '../../core/effect/catalog.ts';
import { holdLocks } from '../../core/effect/locks.ts';
import type { DefinitionEffect, HeldLock, TableRef } from '../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Step, StepResult } from './batch.ts';
import type { Context } from './context.ts';
import { beforeSql, heldSql, presentSql, replacedSql, writtenSql } from './ddlSql.ts';
import { apart, apartBefore } from './measure.ts';
import { permanentByUse, type UsedJson } from './permanent.ts';
import { arrayLiteral } from './quote.ts';

/** Planning these queries is most of their cost; compiling them would be more than all of it. */
const plainly: Step = { text: 'SET LOCAL jit = off' };

/** True when a statement may touch more than rows. A function it calls may define something too: that is found afterwards. */
export function mayDefine(statements: readonly ClassifiedStatement[]): boolean {
  return statements.some(({ class: kind, kind: verb }) => kind !== 'read' && !rowVerbs.has(verb));
}

const rowVerbs: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge', 'select', 'copy', 'explain', 'notify', 'truncate', 'values', 'table']);

/** In front of the statements; nothing when they only touch rows. */
export function stepsBefore(statements: readonly ClassifiedStatement[]): readonly Step[] {
  return mayDefine(statements) ? apart([plainly, { text: beforeSql }]) : [];
}

/** Behind everything else. */
export function stepsBehind(statements: readonly ClassifiedStatement[]): readonly Step[] {
  return apart([plainly, { text: heldSql }, ...(mayDefine(statements) ? [writtenStep] : [])]);
}

/** Places in the batch, from where `stepsBefore` and `stepsBehind` begin. */
export type DdlPositions = { readonly before: number | undefined; readonly held: number; readonly written: number | undefined };

export function ddlPositions(statements: readonly ClassifiedStatement[], starts: { readonly before: number; readonly behind: number }): DdlPositions {
  const first = apartBefore + 1;
  const held = starts.behind + first;
  return mayDefine(statements) ? { before: starts.before + first, held, written: held + 1 } : { before: undefined, held, written: undefined };
}

const writtenStep: Step = { text: writtenSql, values: ['true'] };

type LockJson = { readonly id: string; readonly mode: string; readonly schema: string | null; readonly table: string | null; readonly bytes: number | null; readonly storage: string | null };
type HeldJson = { readonly locks: readonly LockJson[] | null; readonly used: readonly UsedJson[] | null; readonly advisory: number; readonly process: string; readonly roles: boolean; readonly altered: boolean; readonly made: boolean };
type ScanJson = TableRef & { readonly id: string; readonly scans: number; readonly rows: number };
type WrittenJson = { readonly rows: readonly CatalogRow[] | null; readonly scans: readonly ScanJson[] | null; readonly roles: readonly CatalogRow[] | null };
type BeforeJson = { readonly scans: Readonly<Record<string, readonly [scans: number, rows: number]>> | null; readonly rows: readonly CatalogRow[] | null; readonly roles: readonly CatalogRow[] | null };
type ReplacedJson = { readonly rows: readonly FormerRow[] | null; readonly tables: readonly (TableRef & { readonly id: string; readonly storage: string })[] | null; readonly roles: readonly CatalogRow[] | null };

export type Definitions = {
  readonly definition?: DefinitionEffect;
  readonly locks: readonly HeldLock[];
  /** What a rollback would not undo, in words. */
  readonly permanent: readonly string[];
  readonly advisoryLocks: number;
  /** The server's process behind the change. */
  readonly processId: string;
};

/**
 * One more round trip when something was defined: on the line beside, where what was replaced is still to be seen.
 *
 * @param transaction - of the change; absent when it wrote nothing
 * @throws when the other side cannot be read: a definition that cannot be shown must not become final
 */
export async function readDefinitions(context: Context, ran: DdlResults): Promise<Definitions> {
  const held = parse<HeldJson>(ran.results[ran.at.held]);
  if (!held) throw new Error(unreadable);
  const said = { permanent: permanentByUse(held.used ?? [], held.advisory), advisoryLocks: held.advisory, processId: held.process };
  const locks = held.locks ?? [];
  const strong = locks.filter(({ mode }) => mode !== 'RowExclusiveLock');
  // To empty a table is no definition, although the server notes it in the catalogue.
  const wrote = ran.at.written !== undefined || held.made || (held.altered && ran.emptying.size === 0) || strong.some(({ id }) => !ran.emptying.has(id));
  if (!wrote || ran.transaction === undefined) return { ...said, locks: holdLocks(locks.flatMap(namedLock)) };
  const written = parse<WrittenJson>(ran.results[ran.at.written ?? -1]) ?? (await readWritten(context));
  const before = parse<BeforeJson>(ran.results[ran.at.before ?? -1]) ?? { scans: null, rows: null, roles: null };
  const replaced = await ownEnds(context, written, withRoles(await readReplaced(context, ran.transaction, { written, locks: strong }), held.roles, before));
  const changes = diffCatalog(formerRows(replaced, before, written), writtenRows(written, held.roles), ran.texts);
  const former = new Map((replaced.tables ?? []).map((table) => [table.id, table]));
  // A table nobody else can see yet keeps nobody waiting.
  const waitedFor = locks.filter(({ id, mode }) => former.has(id) || mode === 'RowExclusiveLock');
  const named = holdLocks(waitedFor.flatMap((lock) => namedLock({ ...lock, ...nameOf(former.get(lock.id)) })));
  if (ran.at.written === undefined && changes.length === 0) return { ...said, locks: named };
  return { ...said, locks: named, definition: { changes, rewritten: ran.at.written === undefined ? [] : findRewritten(strong, former), scanned: findScanned(written, before, former) } };
}

type FormerTables = ReadonlyMap<string, TableRef & { readonly storage: string }>;

/** Tables with new storage that is not empty; what is empty now was emptied, and counted as such. */
function findRewritten(locks: readonly LockJson[], former: FormerTables): readonly TableRef[] {
  return locks.flatMap(({ id, storage, bytes }) => {
    const old = former.get(id);
    return old && bytes !== null && bytes > 0 && storage !== null && storage !== old.storage ? [{ schema: old.schema, table: old.table }] : [];
  });
}

/** Existing tables that the statements read in full. */
function findScanned(written: WrittenJson, before: BeforeJson, former: FormerTables): DefinitionEffect['scanned'] {
  return (written.scans ?? []).flatMap(({ id, scans, rows, schema, table }) => {
    const [scansBefore, rowsBefore] = before.scans?.[id] ?? [0, 0];
    return former.has(id) && scans > scansBefore && rows > rowsBefore ? [{ table: { schema, table }, rows: Math.round((rows - rowsBefore) / (scans - scansBefore)) }] : [];
  });
}

/** What the batch returned. */
export type DdlResults = {
  readonly results: readonly StepResult[];
  readonly at: DdlPositions;
  readonly transaction: string | undefined;
  /** Tables that the statements say they empty. */
  readonly emptying: ReadonlySet<string>;
  readonly texts: readonly string[];
};

/** A row the server shows beside the change, with what only the change itself could read, before it locked anybody out. */
function formerRows({ rows, roles }: ReplacedJson, before: BeforeJson, written: WrittenJson): readonly FormerRow[] {
  const readable = new Map((before.rows ?? []).map((row) => [keyOf(row), row.facts]));
  const stays = new Set((written.roles ?? []).map(({ id }) => id));
  return [
    ...(rows ?? []).map((row) => ({ ...row, facts: { ...row.facts, ...readable.get(keyOf(row)) } })),
    ...(roles ?? []).map((role) => ({ ...role, ended: !stays.has(role.id) })),
  ];
}

/** Of roles there are only two states to compare: others may make some as well, so they count where the change wrote to any. */
function withRoles(replaced: ReplacedJson, mayChange: boolean, before: BeforeJson): ReplacedJson {
  return { ...replaced, roles: mayChange ? (before.roles ?? replaced.roles) : null };
}

function writtenRows({ rows, roles }: WrittenJson, mayChangeRoles: boolean): readonly CatalogRow[] {
  return [...(rows ?? []), ...(mayChangeRoles ? (roles ?? []) : [])];
}

/** Without what somebody else is about to remove: the change still sees it. */
async function ownEnds({ line }: Context, written: WrittenJson, replaced: ReplacedJson): Promise<ReplacedJson> {
  const known = new Set((written.rows ?? []).map(keyOf));
  const gone = (replaced.rows ?? []).filter((row) => row.ended && !known.has(keyOf(row)));
  if (gone.length === 0) return replaced;
  const end = await line.run(apart([plainly, { text: presentSql, values: [arrayLiteral(gone.map(keyOf))] }]), { deadlineMs: 30_000 });
  if (end.kind !== 'complete') throw new Error(unreadable);
  const present = new Set((end.results[apartBefore + 1]?.rows ?? []).map(([key]) => key));
  return { ...replaced, rows: (replaced.rows ?? []).filter((row) => known.has(keyOf(row)) || !present.has(keyOf(row))) };
}

function keyOf({ id, part }: CatalogRow): string {
  return `${id} ${part ?? ''}`;
}

/** When a function of the statements defined something, nobody asked for it in the batch. */
async function readWritten({ line }: Context): Promise<WrittenJson> {
  const steps = apart([plainly, writtenStep]);
  const end = await line.run(steps, { deadlineMs: 30_000 });
  const written = end.kind === 'complete' ? parse<WrittenJson>(end.results[apartBefore + 1]) : undefined;
  if (!written) throw new Error(unreadable);
  return written;
}

async function readReplaced(context: Context, transaction: string, { written, locks }: { written: WrittenJson; locks: readonly LockJson[] }): Promise<ReplacedJson> {
  const objects = new Set((written.rows ?? []).flatMap(({ id }) => id.split(/[:.]/u).slice(1)));
  const values = [transaction, arrayLiteral([...objects]), arrayLiteral(locks.map(({ id }) => id)), 'true'];
  const line = await context.metadata();
  const steps: readonly Step[] = [
    { text: 'BEGIN TRANSACTION READ ONLY' },
    { text: 'SET LOCAL search_path = pg_catalog, pg_temp' },
    { text: "SET LOCAL lock_timeout = '500ms'" },
    plainly,
    { text: replacedSql, values },
    { text: 'ROLLBACK' },
  ];
  const end = await line?.run(steps, { deadlineMs: 30_000 });
  if (line && end?.kind === 'error') await line.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  const replaced = end?.kind === 'complete' ? parse<ReplacedJson>(end.results[4]) : undefined;
  if (!replaced) throw new Error(unreadable);
  return replaced;
}

const unreadable = 'Not run to its end: what the definitions change could not be learned, so everything was rolled back. Run it again.';

function parse<Json>(result: StepResult | undefined): Json | undefined {
  const text = result?.rows[0]?.[0];
  return text == null ? undefined : (JSON.parse(text) as Json);
}

type NamedLock = { readonly table: TableRef; readonly mode: string };

function namedLock({ schema, table, mode }: LockJson): readonly NamedLock[] {
  return schema === null || table === null ? [] : [{ table: { schema, table }, mode }];
}

function nameOf(table: TableRef | undefined): Partial<TableRef> {
  return table ? { schema: table.schema, table: table.table } : {};
}
