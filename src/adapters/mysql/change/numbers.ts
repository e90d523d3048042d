/** Automatic numbers: rows added with one are found again by it, however large the table is. */
import { quoteName } from '../../../core/effect/mysql/keyText.ts';
import type { Line } from '../line.ts';
import { ask, errnoOf } from './asking.ts';
import type { TableColumn, TableFacts, TableId } from './catalog.ts';
import type { Plan } from './plan.ts';
import { qualifiedName } from './rows.ts';

/** Highest number in use before the change. */
export type FirstNumbers = ReadonlyMap<TableId, string>;

/** The column that alone is the key of a table and gets its numbers from the server. */
export function numberColumn({ key, columns }: TableFacts): TableColumn | undefined {
  const [only] = key;
  return key.length === 1 ? columns.find(({ name, isAutoIncrement, kind }) => name === only && isAutoIncrement && kind === 'number') : undefined;
}

/** For tables that rows may be added to. Throws `Unanswered` when the line is lost. */
export async function firstNumbers(line: Line, plan: Plan): Promise<FirstNumbers> {
  const mentioned = [...plan.mentioned.values()].flat();
  const ids = new Set([...plan.statements.flatMap(({ write }) => (write.kind === 'adds' ? [write.facts.id] : [])), ...mentioned]);
  const numbers = new Map<TableId, string>();
  for (const id of ids) {
    const facts = plan.tables.get(id);
    const column = facts && !facts.isView ? numberColumn(facts) : undefined;
    if (!facts || !column) continue;
    try {
      const { rows } = await ask(line, `SELECT CAST(MAX(${quoteName(column.name)}) AS CHAR) FROM ${qualifiedName(facts)}`);
      numbers.set(id, rows[0]?.[0] ?? '0');
    } catch (thrown) {
      if (errnoOf(thrown) === undefined) throw thrown;
    }
  }
  return numbers;
}
