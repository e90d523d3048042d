/** What a change would cost, as the server expects it, before anything runs. */
import { addedQueryOf } from '../../../core/effect/mysql/writeShape.ts';
import type { Line } from '../line.ts';
import { ask, errnoOf } from './asking.ts';
import { lexicalMode, type Plan, type PlannedStatement } from './plan.ts';

/** The first statement that is expected to write more rows than it may without being asked. Throws `Unanswered` for a lost line. */
export async function findCost(line: Line, plan: Plan, maxRows: number | undefined): Promise<{ readonly expectedRows: number; readonly statement: number } | undefined> {
  if (maxRows === undefined) return undefined;
  for (const [statement, planned] of plan.statements.entries()) {
    const query = queryOf(planned);
    const expectedRows = query === undefined ? 0 : await countUpTo(line, query, maxRows);
    if (expectedRows > maxRows) return { expectedRows, statement };
  }
  return undefined;
}

type Query = { readonly explain: string; readonly count: string };

/** The rows a statement takes, as a read. */
function queryOf({ text, write }: PlannedStatement): Query | undefined {
  if (write.kind === 'rows') {
    const { head, from, tail } = write.shape;
    const query = [head, 'SELECT 1 FROM', from, tail].join('\n');
    return { explain: query, count: query };
  }
  // Both dialects cut such a text alike.
  const added = write.kind === 'adds' ? addedQueryOf(text, lexicalMode('mariadb')) : undefined;
  return added === undefined ? undefined : { explain: added, count: added };
}

/** The estimate, and where it is above the limit a count that stops there: estimates are often too high. */
async function countUpTo(line: Line, { explain, count }: Query, maxRows: number): Promise<number> {
  try {
    const { fields, rows } = await ask(line, `EXPLAIN ${explain}`);
    const at = fields.findIndex(({ name }) => name.toLowerCase() === 'rows');
    const largest = at < 0 ? Infinity : Math.max(0, ...rows.map((row) => Number(row[at] ?? 0)));
    if (largest <= maxRows) return largest;
    const limited = await ask(line, `SELECT COUNT(*) FROM (SELECT 1 FROM (${count}) AS countersign_rows LIMIT ${String(maxRows + 1)}) AS countersign_counted`);
    const counted = Number(limited.rows[0]?.[0] ?? 0);
    return counted > maxRows && Number.isFinite(largest) ? Math.max(largest, counted) : counted;
  } catch (thrown) {
    // What cannot be explained shows its cost, or its error, when it runs.
    if (errnoOf(thrown) === undefined) throw thrown;
    return 0;
  }
}
