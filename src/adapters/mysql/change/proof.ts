/** Asks the server how many rows a transaction wrote: the one number that nothing escapes, cascades and triggers included. */
import type { Clock } from '../../../app/ports.ts';
import { transactionOf } from '../../../core/effect/mysql/engineStatus.ts';
import type { Line } from '../line.ts';
import type { Context } from '../context.ts';
import { ask, errnoOf, errors } from './asking.ts';
import { tableId, type TableId } from './catalog.ts';

export type Written = {
  /** Row writes; a changed key counts twice. Absent when the server does not tell. */
  readonly rows?: number;
  /** Why it does not tell. */
  readonly untold?: string;
  readonly transactionId?: string;
};

/** The list of transactions is renewed when nobody asked for it for 100 ms. */
const renewalMs = 130;
const maxReadings = 12;

/** Throws `Unanswered` when the line is lost. */
export async function readWritten(context: Context, line: Line, isExpected: (rows: number) => boolean): Promise<Written> {
  return (await readStatus(context, line)) ?? (await readList(context, line, isExpected));
}

/** At once, and from nobody's memory. */
async function readStatus({ threadId }: Context, line: Line): Promise<Written | undefined> {
  try {
    const { rows } = await ask(line, 'SHOW ENGINE INNODB STATUS');
    const found = transactionOf(rows[0]?.[2] ?? '', threadId);
    return found ? { rows: found.written, transactionId: found.id } : undefined;
  } catch (thrown) {
    if (errnoOf(thrown) === errors.accessDenied) return untold;
    if (errnoOf(thrown) === undefined) throw thrown;
    return undefined;
  }
}

/** Until two readings agree, or one is what was expected. */
async function readList({ clock, threadId }: Context, line: Line, isExpected: (rows: number) => boolean): Promise<Written> {
  let last: Written | undefined;
  for (let reading = 0; reading < maxReadings; reading += 1) {
    await pause(clock, renewalMs);
    const now = await readOnce(line, threadId);
    if (now.rows !== undefined && isExpected(now.rows)) return now;
    // Without the transaction the list is an old one.
    if (now.transactionId !== undefined && last?.rows === now.rows) return now;
    last = now;
  }
  return last ?? untold;
}

async function readOnce(line: Line, threadId: string): Promise<Written> {
  const { rows } = await ask(line, `SELECT trx_rows_modified, trx_id FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ${threadId}`);
  const [row] = rows;
  return row ? { rows: Number(row[0] ?? 0), transactionId: row[1] ?? '' } : { rows: 0 };
}

const untold: Written = { untold: 'Whether further rows changed is not known: your user may not ask (it has no PROCESS right), so the counts are predicted.' };

/** Tables the transaction wrote to or locked rows of; `undefined` where the server does not tell. MySQL only. */
export async function readWrittenTables({ server, threadId }: Context, line: Line): Promise<readonly TableId[] | undefined> {
  if (server.dialect !== 'mysql') return undefined;
  try {
    const { rows } = await ask(
      line,
      `SELECT DISTINCT l.OBJECT_SCHEMA, l.OBJECT_NAME FROM performance_schema.data_locks AS l JOIN performance_schema.threads AS t ON t.THREAD_ID = l.THREAD_ID WHERE t.PROCESSLIST_ID = ${threadId} AND l.LOCK_TYPE = 'TABLE' AND l.LOCK_MODE = 'IX'`,
    );
    return rows.map(([schema, table]) => tableId({ schema: schema ?? '', table: table ?? '' }));
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
    return undefined;
  }
}

function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}
