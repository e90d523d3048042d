/**
 * Where the number of a transaction counts. Numbers are given out again: by a copy that never got the last transactions of the
 * server it replaced, and by a server that crashed before it wrote down which it had given out. What is asked about a number later is
 * about somebody else's then, and the answer “committed” would be a lie.
 */
import type { Step } from './batch.ts';
import type { Line } from './line.ts';

export type TransactionMark = {
  /** The cluster's own number and its timeline, which changes with every promotion. */
  readonly server: string;
  /** Since when the server counts its work: it forgets that in every crash, and in nothing else but a reset by hand. */
  readonly life: string;
  /** What the transaction had written when it was asked is flushed: a crash cannot make the server give its number out again. */
  readonly isFlushed: boolean;
};

/** Anybody may ask; a standby does not answer. */
export const serverSql = `(SELECT s.system_identifier::pg_catalog.text || '/' || pg_catalog.substring(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8)
  FROM pg_catalog.pg_control_system() AS s)`;
export const lifeSql = `(SELECT EXTRACT(epoch FROM b.stats_reset)::pg_catalog.text FROM pg_catalog.pg_stat_bgwriter AS b)`;

const openedStep: Step = { text: `SELECT ${serverSql}, ${lifeSql}, pg_catalog.pg_current_wal_insert_lsn()` };
const flushedStep = (position: string): Step => ({ text: 'SELECT pg_catalog.pg_current_wal_flush_lsn() OPERATOR(pg_catalog.>=) $1::pg_catalog.pg_lsn', values: [position] });

export interface TransactionMarks {
  /** A change is open and has written what it writes before COMMIT. Nobody waits for it. */
  begin(transactionId: string | undefined): void;
  /** Of the change that was begun last, as it is now. Never rejects; `undefined` when the server would not say. */
  mark(): Promise<TransactionMark | undefined>;
  /** What is known of a transaction of this session, without asking again. */
  of(transactionId: string): Promise<TransactionMark | undefined>;
}

type Opened = { readonly transactionId: string | undefined; readonly answer: Promise<(TransactionMark & { readonly position: string }) | undefined> };

/** @param metadata - a line that is free to be asked; `undefined` when there is none */
export function createTransactionMarks(metadata: () => Promise<Line | undefined>): TransactionMarks {
  let opened: Opened | undefined;
  let marked: TransactionMark | undefined;

  const ask = async (step: Step): Promise<readonly (string | null)[] | undefined> => {
    const end = await (await metadata())?.run([step], { deadlineMs: 5000 });
    return end?.kind === 'complete' ? end.results[0]?.rows[0] : undefined;
  };

  const open = async () => {
    const [server, life, position] = (await ask(openedStep)) ?? [];
    return typeof server === 'string' && typeof life === 'string' && typeof position === 'string' ? { server, life, position, isFlushed: false } : undefined;
  };

  return {
    begin(transactionId) {
      marked = undefined;
      opened = { transactionId, answer: open() };
    },
    async mark() {
      const known = await opened?.answer;
      if (!known) return undefined;
      const { position, ...mark } = known;
      const [isFlushed] = (await ask(flushedStep(position))) ?? [];
      marked = { ...mark, isFlushed: isFlushed === 't' };
      return marked;
    },
    async of(transactionId) {
      if (opened?.transactionId !== transactionId) return undefined;
      return marked ?? (await opened.answer);
    },
  };
}

/** As it is recorded. */
export function formatMark({ server, life, isFlushed }: TransactionMark): string {
  return `${server} ${life} ${isFlushed ? 'flushed' : 'unflushed'}`;
}

export function parseMark(text: string): TransactionMark | undefined {
  const [, server, life, flushed] = /^(\S+) (\S+) (flushed|unflushed)$/u.exec(text) ?? [];
  return server === undefined || life === undefined ? undefined : { server, life, isFlushed: flushed === 'flushed' };
}
