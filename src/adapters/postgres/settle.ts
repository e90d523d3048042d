/** Asks on a new line what became of a transaction whose COMMIT got no answer. */
import type { Clock } from '../../app/ports.ts';
import type { Settlement } from '../../core/outcome.ts';
import type { Address } from '../address.ts';
import { openLine } from './connect.ts';
import { sqlStateOf } from './context.ts';
import type { Line } from './line.ts';
import { lifeSql, serverSql, type TransactionMark } from './transactionMark.ts';

export type SettleOptions = {
  readonly address: Address;
  readonly applicationName: string;
  readonly clock: Clock;
  /** Where the number counts; only that server knows, and after a crash it may be wrong. */
  readonly mark: TransactionMark | undefined;
  /** How long to wait for a server that is away, and for a transaction that is still running. */
  readonly patienceMs?: number;
};

const pauseMs = 250;

/** Never rejects. `unknown` when nobody could be asked, the server no longer knows, or it is not the one that ran the transaction. */
export async function settleTransaction(transactionId: string, options: SettleOptions): Promise<Settlement> {
  const { clock, mark, patienceMs = 8000 } = options;
  if (mark === undefined) return 'unknown';
  const giveUpAt = clock.now() + patienceMs;
  let answer: Settlement = 'unknown';
  let line: Line | undefined;
  do {
    line ??= await reconnect(options);
    if (line) answer = await askStatus(line, transactionId, mark);
    if (line?.isLost === true) line = undefined;
    else if (answer === 'committed' || answer === 'rolled-back') break;
    await pause(clock);
  } while (clock.now() < giveUpAt);
  await line?.close();
  return answer;
}

async function reconnect({ address, applicationName, clock }: SettleOptions): Promise<Line | undefined> {
  const start = await openLine({ address, applicationName, clock, signal: new AbortController().signal, timeoutMs: 3000 });
  return 'line' in start ? start.line : undefined;
}

/** A number the server has not given out yet. */
const inTheFuture = '22023';

async function askStatus(line: Line, transactionId: string, mark: TransactionMark): Promise<Settlement> {
  // Asked before and after: the promotion of a standby could come between.
  const whoIs = { text: `SELECT ${serverSql}, ${lifeSql}` };
  const end = await line.run([whoIs, { text: 'SELECT pg_catalog.pg_xact_status($1::pg_catalog.xid8)', values: [transactionId] }, whoIs], { deadlineMs: 3000 });
  if (end.kind !== 'complete' && end.kind !== 'error') return 'unknown';
  const [first, asked, second] = end.results.map(({ rows }) => rows[0]);
  if (first?.[0] !== mark.server) return 'unknown';
  // It crashed and has forgotten the number, so nothing of the transaction was on disk: least of all its COMMIT.
  if (end.kind === 'error') return sqlStateOf(end) === inTheFuture ? 'rolled-back' : 'unknown';
  if (second?.[0] !== mark.server) return 'unknown';
  const hasNumber = mark.isFlushed || (first[1] === mark.life && second[1] === mark.life);
  return settlementOf(asked?.[0], hasNumber);
}

/** @param hasNumber - nobody else can have the number; else a crash came between, and the number is ours or of somebody who came later */
function settlementOf(status: string | null | undefined, hasNumber: boolean): Settlement {
  switch (status) {
    case 'committed':
      return hasNumber ? 'committed' : 'unknown';
    case 'aborted':
      // Ours; or somebody else's, and then ours was lost in the crash.
      return 'rolled-back';
    case 'in progress':
      return 'in-progress';
    default:
      return 'unknown';
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(pauseMs, resolve);
  });
}
