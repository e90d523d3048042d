/** Looks for what is not known yet of a change: which tables it wrote to, and which of their rows. */
import { judgeCompleteness, type Completeness, type Operations } from '../../../core/effect/mysql/completeness.ts';
import { reachableTables } from '../../../core/effect/mysql/foreignKeyWalk.ts';
import { totalOf } from '../../../core/effect/counters.ts';
import type { Cause, RowChange } from '../../../core/effect/preview.ts';
import { addOperations, type StatementAccount, type TableAccount } from './account.ts';
import { errnoOf, errors } from './asking.ts';
import type { TableFacts, TableId } from './catalog.ts';
import { compareTable, isComparable, type KeyedChange, type Lines } from './compareTable.ts';
import type { Plan } from './plan.ts';
import type { Written } from './proof.ts';

export class Search {
  /** What is known of each table so far. */
  readonly tables: Map<TableId, TableAccount>;
  /** Tables that were read twice, with every row that differs. */
  readonly compared = new Map<TableId, readonly KeyedChange[]>();
  readonly #plan: Plan;
  readonly #lines: Lines;
  readonly #doubts: Set<string>;
  readonly #replaced: ReadonlySet<TableId>;

  constructor(plan: Plan, lines: Lines, accounts: readonly StatementAccount[]) {
    this.#plan = plan;
    this.#lines = lines;
    this.tables = sumUp(accounts);
    this.#doubts = new Set(accounts.flatMap(({ doubts }) => doubts));
    this.#replaced = new Set(plan.statements.flatMap(({ write }) => (write.kind === 'adds' && write.mode === 'replace' ? [write.facts.id] : [])));
  }

  operations(): readonly Operations[] {
    return [...this.tables.values()].map(({ operations }) => operations);
  }

  judge({ rows, untold }: Written): Completeness {
    return judgeCompleteness({ operations: this.operations(), doubts: [...this.#doubts], ...(rows === undefined ? {} : { written: rows }), ...(untold === undefined ? {} : { untold }) });
  }

  /** Tables of statements that do not tell which rows they wrote. */
  async unsureTables(accounts: readonly StatementAccount[]): Promise<void> {
    const unsure = [...new Set(accounts.flatMap((account) => account.unsure))];
    const missed = [
      ...(await this.look([...unsure, ...this.#plan.viewTables], 'statement')),
      ...(await this.look(unsure.flatMap((id) => reachableTables(this.#plan.foreignKeys, id)), 'cascade')),
    ];
    // Whatever was in doubt about rows of these tables has been looked up.
    if (unsure.length > 0 && missed.length === 0) this.#doubts.clear();
    for (const { ref } of missed) this.#doubts.add(`Which rows of ${ref.schema}.${ref.table} it writes cannot be told by the statement, and the table is too large to be compared as a whole.`);
  }

  /** Compares tables as a whole. @returns those that cannot be */
  async look(ids: readonly TableId[], cause: Cause): Promise<readonly TableFacts[]> {
    const missed: TableFacts[] = [];
    for (const id of ids) {
      const facts = this.#plan.tables.get(id);
      if (!facts || facts.isView || this.compared.has(id)) continue;
      const changes = isComparable(facts) ? await compareQuietly(this.#lines, facts) : undefined;
      if (!changes) missed.push(facts);
      else {
        this.compared.set(id, changes);
        this.#book(facts, changes, cause);
      }
    }
    return missed;
  }

  /** What a comparison found counts where it is more than what is known, or where nothing is. */
  #book(facts: TableFacts, changes: readonly KeyedChange[], cause: Cause): void {
    const found = this.#operationsOf(facts, changes);
    const known = this.tables.get(facts.id);
    if (totalOf(found) === 0 && (cause === 'trigger' || !known)) return;
    if (!known || cause !== 'trigger') {
      this.tables.set(facts.id, { operations: { ...found, extra: Math.max(found.extra, known?.operations.extra ?? 0) }, cause: known?.cause ?? cause });
    } else if (totalOf(found) > totalOf(known.operations) + known.operations.extra) {
      this.tables.set(facts.id, { operations: found, cause: 'mixed' });
    }
  }

  #operationsOf(facts: TableFacts, changes: readonly KeyedChange[]): Operations {
    const count = (kind: RowChange['kind']) => changes.filter(({ change }) => change.kind === kind).length;
    const [inserted, updated, deleted] = [count('inserted'), count('updated'), count('deleted')];
    // Without a key a row that changed is one that went and one that came, written once.
    const paired = facts.key.length === 0 ? Math.min(inserted, deleted) : 0;
    const writesTwice = facts.isPartitioned || this.#replaced.has(facts.id);
    return { inserted: inserted - paired, updated: updated + paired, deleted: deleted - paired, extra: paired + (writesTwice ? updated : 0) };
  }
}

async function compareQuietly(lines: Lines, facts: TableFacts): Promise<readonly KeyedChange[] | undefined> {
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
