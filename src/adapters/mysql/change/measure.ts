/** One attempt at a change: begins the transaction, runs the statements, and gathers everything that tells what they wrote. */
import type { ChangeRequest } from '../../../app/ports.ts';
import type { EpochMs } from '../../../core/brand.ts';
import { rangeOf, type Completeness } from '../../../core/effect/mysql/completeness.ts';
import type { Failure } from '../../../core/errors.ts';
import { checkGuards, deadlineFor, limitTime, shortDeadlineMs, type Context } from '../context.ts';
import type { Line, RunOptions } from '../line.ts';
import { runStatement, type StatementAccount, type TableAccount } from './account.ts';
import { ask, errnoOf, errors, textLiteral } from './asking.ts';
import { readSmallTables, readTables, refOf, tableId, type TableFacts, type TableId } from './catalog.ts';
import type { KeyedChange } from './compareTable.ts';
import { setLimits } from './limits.ts';
import type { Plan } from './plan.ts';
import { readWritten, readWrittenTables, type Written } from './proof.ts';
import { Search } from './search.ts';
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
  readonly checksForeignKeys: boolean;
  readonly openedAt: EpochMs;
  /** The same moment by the server's clock, as it prints times. */
  readonly began: string;
  /** Of both lines. */
  readonly timeZone: string;
  readonly run: RunOptions;
};

export type Prepared = { readonly plan: Plan; readonly former: Line };

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
  if (await isRedefined(former, plan, [...found.tables.keys()])) return { failure: redefined };
  // An error may have ended the transaction, and the server says so only with its next answer.
  const switches = await readSwitches(line);
  if (!line.inTransaction) return { failure: endedMeanwhile };
  return { plan, former, accounts, firstNumbers: numbers, openedAt, run, ...times, ...found, checksForeignKeys: switches.checksForeignKeys, notices: [...notices, ...noticesOf(found.completeness), ...switches.notices] };
}

/** What the session has switched off, by a statement of this change or before it. */
async function readSwitches(line: Line): Promise<{ readonly checksForeignKeys: boolean; readonly notices: readonly string[] }> {
  const { rows } = await ask(line, 'SELECT @@SESSION.foreign_key_checks, @@SESSION.sql_log_bin', { deadlineMs: shortDeadlineMs });
  const [keys, log] = rows[0] ?? [];
  const checksForeignKeys = keys !== '0';
  return {
    checksForeignKeys,
    notices: [
      ...(checksForeignKeys ? [] : ['Foreign keys were switched off while this ran (foreign_key_checks = 0): nothing cascaded, nothing was checked, and rows may now refer to rows that are gone.']),
      ...(log === '0' ? ['This session writes nothing to the binary log (sql_log_bin = 0): replicas do not get this change.'] : []),
    ],
  };
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
  const search = new Search(plan, { own: context.line, former, run }, accounts);
  await search.unsureTables(accounts);
  const judge = (written: Written) => search.judge(written);
  const written = await readWritten(context, former, (rows) => judge({ rows }).exactness === 'exact');
  const { least } = rangeOf(search.operations());
  // It wrote less than what foreign keys were followed to: a server may stop where they lead in a circle.
  if (written.rows !== undefined && written.rows < least) await search.look([...search.tables.keys()], 'cascade');
  if (written.rows !== least) {
    // Triggers may also have written what the server could have written for the statements themselves.
    const others = await otherTables(context, former, plan);
    await search.look(others.filter((id) => !search.tables.has(id)), 'trigger');
    if ((judge(written).unlisted ?? 0) > 0) await search.look(others, 'trigger');
  }
  if ((judge(written).unlisted ?? 0) > 0) await search.look(await everySmallTable(former, plan, context.server.database), 'trigger');
  return { tables: search.tables, compared: search.compared, completeness: judge(written), written };
}

/** True when somebody altered a table between the look at it and the locks on it. From the locks on nobody can. */
async function isRedefined(former: Line, { tables }: Plan, ids: readonly TableId[]): Promise<boolean> {
  const now = new Map((await readTables(former, ids.map(refOf))).map((facts) => [facts.id, facts]));
  return ids.some((id) => definitionOf(now.get(id)) !== definitionOf(tables.get(id)));
}

function definitionOf(facts: TableFacts | undefined): string {
  return facts ? JSON.stringify([facts.engine, facts.key, facts.columns, facts.isPartitioned]) : '';
}

/** Tables that triggers may have written to. */
async function otherTables(context: Context, former: Line, plan: Plan): Promise<readonly TableId[]> {
  const locked = (await readWrittenTables(context, former)) ?? [];
  await learn(former, plan, locked);
  return [...new Set([...locked, ...[...plan.mentioned.values()].flat()])];
}

/** The last resort, where triggers call code that may not be read. */
async function everySmallTable(former: Line, plan: Plan, database: string): Promise<readonly TableId[]> {
  const ids = (await readSmallTables(former, database)).map(tableId);
  await learn(former, plan, ids);
  return ids;
}

async function learn(former: Line, { tables }: Plan, ids: readonly TableId[]): Promise<void> {
  const unknown = ids.filter((id) => !tables.has(id));
  for (const facts of await readTables(former, unknown.map(refOf))) if (unknown.includes(facts.id)) tables.set(facts.id, facts);
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

export const redefined: Failure = {
  code: 'sql',
  message: 'Somebody altered a table of the change while it began, so it was rolled back: nothing is different. Run it again.',
};
