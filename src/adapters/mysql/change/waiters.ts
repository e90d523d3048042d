/** Who waits for locks of an open change, right now. */
import type { Waiter } from '../../../core/effect/preview.ts';
import type { Context } from '../context.ts';
import type { Line } from '../line.ts';
import { ask } from './asking.ts';
import type { Plan } from './plan.ts';

/** Never rejects; empty when it cannot be learned. */
export async function findWaiters(context: Context, plan: Plan): Promise<readonly Waiter[]> {
  const line = await context.metadata();
  if (!line) return [];
  const found = await Promise.all([rowWaiters(context, line), definitionWaiters(line, plan)]);
  const byThread = new Map(found.flat().map((each) => [each.thread, each.waiter]));
  byThread.delete(context.threadId);
  return [...byThread.values()];
}

type Found = { readonly thread: string; readonly waiter: Waiter };

/** Those that wait for rows, and those behind them. */
async function rowWaiters({ server, threadId }: Context, line: Line): Promise<readonly Found[]> {
  const end = await line.run(server.dialect === 'mysql' ? mysqlWaiters(threadId) : mariadbWaiters(threadId), { deadlineMs: 5000 });
  return end.kind === 'complete' ? await withApplications(line, end.results[0]?.rows ?? []) : [];
}

function mysqlWaiters(threadId: string): string {
  return `WITH RECURSIVE waiting (thread) AS (
      SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = ${threadId}
      UNION SELECT w.REQUESTING_THREAD_ID FROM performance_schema.data_lock_waits AS w JOIN waiting ON w.BLOCKING_THREAD_ID = waiting.thread)
    SELECT CAST(t.PROCESSLIST_ID AS CHAR), IFNULL(t.PROCESSLIST_USER, ''), t.PROCESSLIST_TIME * 1000000 FROM waiting JOIN performance_schema.threads AS t ON t.THREAD_ID = waiting.thread WHERE t.PROCESSLIST_ID <> ${threadId}`;
}

/** These lists are renewed when nobody asked for them for 100 ms. */
function mariadbWaiters(threadId: string): string {
  return `WITH RECURSIVE waiting (trx) AS (
      SELECT trx_id FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ${threadId}
      UNION SELECT w.requesting_trx_id FROM information_schema.INNODB_LOCK_WAITS AS w JOIN waiting ON w.blocking_trx_id = waiting.trx)
    SELECT CAST(t.trx_mysql_thread_id AS CHAR), IFNULL(p.USER, ''), GREATEST(0, TIMESTAMPDIFF(MICROSECOND, t.trx_wait_started, NOW())) FROM waiting
      JOIN information_schema.INNODB_TRX AS t ON t.trx_id = waiting.trx LEFT JOIN information_schema.PROCESSLIST AS p ON p.ID = t.trx_mysql_thread_id WHERE t.trx_wait_started IS NOT NULL`;
}

/** Those that want to change a table the change has touched. The server says of them only that they wait, and for what. */
async function definitionWaiters(line: Line, plan: Plan): Promise<readonly Found[]> {
  const tables = [...plan.tables.values()].map(({ ref }) => ref.table);
  const end = await line.run("SELECT CAST(ID AS CHAR), IFNULL(USER, ''), TIME * 1000000, INFO FROM information_schema.PROCESSLIST WHERE STATE = 'Waiting for table metadata lock'", { deadlineMs: 5000 });
  if (end.kind !== 'complete') return [];
  const rows = end.results[0]?.rows.filter(([, , , text]) => tables.some((table) => (text ?? '').toLowerCase().includes(table.toLowerCase()))) ?? [];
  return await withApplications(line, rows);
}

async function withApplications(line: Line, rows: readonly (readonly (string | null)[])[]): Promise<readonly Found[]> {
  if (rows.length === 0) return [];
  const applications = await applicationsOf(line, rows.map(([thread]) => thread ?? '0'));
  return rows.map(([thread, user, microseconds]) => ({
    thread: thread ?? '',
    waiter: { application: applications.get(thread ?? '') ?? '', user: user ?? '', waitingMs: Math.round(Number(microseconds ?? 0) / 1000) },
  }));
}

/** What clients call themselves; nothing where the server does not keep it. */
async function applicationsOf(line: Line, threads: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const numbers = threads.filter((thread) => /^\d+$/.test(thread));
  try {
    const { rows } = await ask(line, `SELECT CAST(PROCESSLIST_ID AS CHAR), ATTR_VALUE FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'program_name' AND PROCESSLIST_ID IN (${['0', ...numbers].join(',')})`, { deadlineMs: 5000 });
    return new Map(rows.map(([thread, name]) => [thread ?? '', name ?? '']));
  } catch {
    // Then nobody knows: the user and the time are enough to act on.
    return new Map();
  }
}
