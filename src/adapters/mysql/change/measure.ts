/** One attempt at a change: begins the transaction, runs the statements, and gathers everything that tells what they wrote. */
import type { ChangeRequest } from '../../../app/ports.ts';
import type { EpochMs } from '../../../core/brand.ts';
import { judgeCompleteness, type Completeness, type Operations } from '../../../core/effect/mysql/completeness.ts';
import { reachableTables } from '../../../core/effect/mysql/foreignKeyWalk.ts';
import type { Cause, RowChange } from '../../../core/effect/preview.ts';
import type { Failure } from '../../../core/errors.ts';
import { checkGuards, deadlineFor, limitTime, shortDeadlineMs, type Context } from '../context.ts';
import type { Line, RunOptions } from '../line.ts';
import { addOperations, runStatement, type StatementAccount, type TableAccount } from './account.ts';
import { ask, errnoOf, errors, textLiteral } from './asking.ts';
import type { TableFacts, TableId } from './catalog.ts';
import { compareTable, isComparable, type KeyedChange } from './compareTable.ts';
import { setLimits } from './limits.ts';
import type { Plan } from './plan.ts';
import { readWritten, readWrittenTables, type Written } from './proof.ts';
import { firstNumbers, type FirstNumbers } from './numbers.ts';

/** A change that ran and is not final. */
export type Measured = {
  readonly plan: Plan;
  readonly former: Line;
  readonly accounts: readonly StatementAccount[];
  readonly tables: ReadonlyMap<TableId, TableAccount>;
  /** Tables that were read twice, with every row that differs. */
  readonly compared: ReadonlyMap<TableId, readonly KeyedChange[]>;
  /** Next automatic number of each table that rows were added to, before they were. */
  readonly firstNumbers: FirstNumbers;
  readonly completeness: Completeness;
  readonly written: Written;
  readonly notices: readonly string[];
  readonly openedAt: EpochMs;
  /** The same moment by the server's clock, as it prints times. */
  readonly began: string;
  /** Of both lines. */
  readonly timeZone: string;
  readonly run: RunOptions;
};

type Prepared = { readonly plan: Plan; readonly former: Line };

/** Throws `Unanswered`; the caller rolls back. */
export async function measure(context: Context, request: ChangeRequest, { plan, former }: Prepared): Promise<Measured | { readonly failure: Failure }> {
  const { line } = context;
  const { limits, signal } = request;
  const run: RunOptions = { signal, ...deadlineFor(limits.statementTimeoutMs) };
  const openedAt = context.clock.now();
  const refused = await begin(context, request);
  if (refused) return { failure: refused };
  const times = await alignTime(line, former);
  const numbers = await firstNumbers(former, plan);
  const { accounts, notices } = await runAll(context, request, plan, run);
  if (!line.inTransaction) return { failure: leftTransaction };
  const found = await findEverything(context, { plan, former, run }, accounts);
  // An error may have ended the transaction, and the server says so only with its next answer.
  await ask(line, 'DO 0', { deadlineMs: shortDeadlineMs });
  if (!line.inTransaction) return { failure: endedMeanwhile };
  return { plan, former, accounts, firstNumbers: numbers, openedAt, run, ...times, ...found, notices: [...notices, ...noticesOf(found.completeness)] };
}

async function begin(context: Context, { limits }: ChangeRequest): Promise<Failure | undefined> {
  const { line } = context;
  const late = await limitTime(context, limits.statementTimeoutMs);
  if (late) return late;
  await setLimits(context, limits);
  await ask(line, 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', { deadlineMs: shortDeadlineMs });
  await ask(line, 'START TRANSACTION READ WRITE', { deadlineMs: shortDeadlineMs });
  return await checkGuards(context);
}

/** Both lines print times alike. */
async function alignTime(line: Line, former: Line): Promise<{ readonly began: string; readonly timeZone: string }> {
  const { rows } = await ask(line, 'SELECT CAST(@@SESSION.time_zone AS CHAR), CAST(NOW(6) AS CHAR)', { deadlineMs: shortDeadlineMs });
  const [zone, now] = rows[0] ?? [];
  const timeZone = zone ?? 'SYSTEM';
  await ask(former, `SET SESSION time_zone = ${textLiteral(timeZone)}`, { deadlineMs: shortDeadlineMs });
  return { began: now ?? '', timeZone };
}

async function runAll({ line }: Context, { statements }: ChangeRequest, plan: Plan, run: RunOptions): Promise<{ readonly accounts: readonly StatementAccount[]; readonly notices: readonly string[] }> {
  const accounts: StatementAccount[] = [];
  const notices: string[] = [];
  for (const [index, planned] of plan.statements.entries()) {
    const isBounded = statements[index]?.class === 'write';
    await ask(line, `SET SESSION sql_safe_updates = ${isBounded ? '1' : '0'}`, { deadlineMs: shortDeadlineMs });
    try {
      accounts.push(await runStatement(line, plan, planned, { index, run }));
    } catch (thrown) {
      if (errnoOf(thrown) !== errors.safeUpdate) throw thrown;
      // A second opinion, and no more: the rows are counted before anything is final.
      await ask(line, 'SET SESSION sql_safe_updates = 0', { deadlineMs: shortDeadlineMs });
      accounts.push(await runStatement(line, plan, planned, { index, run }));
      notices.push('No key limits this statement: the server reads, and locks, every row of the table to find those it changes.');
    }
    const warnings = accounts.at(-1)?.result.warnings ?? 0;
    if (warnings > 0) notices.push(...(await readWarnings(line)));
  }
  return { accounts, notices };
}

async function readWarnings(line: Line): Promise<readonly string[]> {
  const { rows } = await ask(line, 'SHOW WARNINGS LIMIT 20', { deadlineMs: shortDeadlineMs });
  return rows.map(([, , message]) => message ?? '');
}

type Found = Pick<Measured, 'tables' | 'compared' | 'completeness' | 'written'>;

async function findEverything(context: Context, { plan, former, run }: Prepared & { readonly run: RunOptions }, accounts: readonly StatementAccount[]): Promise<Found> {
  const tables = sumUp(accounts);
  const compared = new Map<TableId, readonly KeyedChange[]>();
  const doubts = new Set(accounts.flatMap((account) => account.doubts));
  const replaced = new Set(plan.statements.flatMap(({ write }) => (write.kind === 'adds' && write.mode === 'replace' ? [write.facts.id] : [])));
  const look = async (ids: readonly TableId[], cause: Cause) => {
    const missed: TableFacts[] = [];
    for (const id of ids) {
      const facts = plan.tables.get(id);
      if (!facts || facts.isView || compared.has(id)) continue;
      const changes = isComparable(facts) ? await compareQuietly({ own: context.line, former, run }, facts) : undefined;
      if (!changes) missed.push(facts);
      else {
        compared.set(id, changes);
        bookCompared(tables, facts, changes, { cause, writesTwice: facts.isPartitioned || replaced.has(id) });
      }
    }
    return missed;
  };
  const unsure = [...new Set(accounts.flatMap((account) => account.unsure))];
  const missed = [
    ...(await look([...unsure, ...plan.viewTables], 'statement')),
    ...(await look(unsure.flatMap((id) => reachableTables(plan.foreignKeys, id)), 'cascade')),
  ];
  // Whatever was in doubt about rows of these tables has been looked up.
  if (unsure.length > 0 && missed.length === 0) doubts.clear();
  for (const { ref } of missed) doubts.add(`Which rows of ${ref.schema}.${ref.table} it writes cannot be told by the statement, and the table is too large to be compared as a whole.`);
  const judge = (written: Written) => judgeCompleteness({ operations: [...tables.values()].map(({ operations }) => operations), doubts: [...doubts], ...(written.rows === undefined ? {} : { written: written.rows }), ...(written.untold === undefined ? {} : { untold: written.untold }) });
  const written = await readWritten(context, former, (rows) => judge({ rows }).exactness === 'exact');
  if ((judge(written).unlisted ?? 0) > 0 || written.rows === undefined) await look(await otherTables(context, former, plan), 'trigger');
  return { tables, compared, completeness: judge(written), written };
}

/** Tables that triggers may have written to. */
async function otherTables(context: Context, former: Line, plan: Plan): Promise<readonly TableId[]> {
  const mentioned = [...plan.mentioned.values()].flat();
  const locked = await readWrittenTables(context, former);
  return [...new Set([...(locked ?? []), ...mentioned])];
}

async function compareQuietly(lines: { readonly own: Line; readonly former: Line; readonly run: RunOptions }, facts: TableFacts): Promise<readonly KeyedChange[] | undefined> {
  try {
    return await compareTable(lines, facts);
  } catch (thrown) {
    // Without the SELECT right, or while somebody else holds a lock, it stays unknown; a deadlock has ended the transaction.
    const errno = errnoOf(thrown);
    if (errno === undefined || errno === errors.deadlock) throw thrown;
    return undefined;
  }
}

function sumUp(accounts: readonly StatementAccount[]): Map<TableId, TableAccount> {
  const tables = new Map<TableId, TableAccount>();
  for (const account of accounts) {
    for (const [id, { operations, cause }] of account.tables) {
      const known = tables.get(id);
      tables.set(id, known ? { operations: addOperations(known.operations, operations), cause: known.cause === cause ? cause : 'mixed' } : { operations, cause });
    }
  }
  return tables;
}

/** What a comparison found counts where it is more than what is known, or where nothing is. */
function bookCompared(tables: Map<TableId, TableAccount>, facts: TableFacts, changes: readonly KeyedChange[], { cause, writesTwice }: { readonly cause: Cause; readonly writesTwice: boolean }): void {
  const count = (kind: RowChange['kind']) => changes.filter(({ change }) => change.kind === kind).length;
  const updated = count('updated');
  const found: Operations = { inserted: count('inserted'), updated, deleted: count('deleted'), extra: writesTwice ? updated : 0 };
  const known = tables.get(facts.id);
  const total = found.inserted + found.updated + found.deleted;
  if (total === 0 && (cause === 'trigger' || !known)) return;
  if (known && cause === 'trigger') {
    const counted = known.operations.inserted + known.operations.updated + known.operations.deleted;
    if (total > counted + known.operations.extra) tables.set(facts.id, { operations: found, cause: 'mixed' });
  } else tables.set(facts.id, { operations: found, cause: known?.cause ?? cause });
}

function noticesOf({ exactness, unlisted, reason }: Completeness): readonly string[] {
  const rest = unlisted === undefined ? [] : [`${String(unlisted)} further row ${unlisted === 1 ? 'change was' : 'changes were'} counted by the server and could not be found: written by triggers, or over foreign keys.`];
  return [...(exactness === 'exact' || reason === undefined ? [] : [reason]), ...rest];
}

/** Refused beforehand for all we know of. */
const leftTransaction: Failure = {
  code: 'sql',
  message: 'The statements ended their own transaction, so what they did before that is final and was not shown. Look at the data before you go on.',
};

const endedMeanwhile: Failure = {
  code: 'sql',
  message: 'The server ended the transaction while it was measured, and rolled it back: nothing is different. Run it again.',
};
