/** What a database brings so that the session contract can be run for it. */
import type { Session } from '../../src/app/ports.ts';
import type { TcpProxy } from '../support/tcpProxy.ts';

/** A database of one test, with the contract's tables in it. */
export type ContractDatabase = {
  /** Opens a session through the proxy. */
  readonly open: () => Promise<Session>;
  readonly proxy: TcpProxy;
  /** Runs SQL on a connection of its own: the independent look. */
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** True for bytes in which the client asks to commit. */
  readonly isCommit: (bytes: Buffer) => boolean;
  /** Resolves once a session of ours runs a statement with this text. */
  readonly untilRunning: (text: string) => Promise<void>;
  /** Ends the server's side of every session, as an administrator would. */
  readonly killSessions: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * The tables: `parents(id, name)` ← cascade `children(id, parent_id)` ← cascade `grandchildren(id, child_id)`;
 * `notes(id, parent_id)` set null; `log(id, what)` filled by a row trigger on `children`. Ids 1…n; two children for each
 * of 10 parents, three grandchildren for each child, one note for each parent, log empty.
 */
export type ContractSubject = {
  readonly name: string;
  readonly setUp: () => Promise<ContractDatabase>;
  /** Statements that every database writes in its own way. */
  readonly sql: {
    /** A read that takes so many seconds. */
    readonly sleep: (seconds: number) => string;
    /** A read of so many rows with one column. */
    readonly series: (rows: number) => string;
    /** A read that returns one value of so many bytes. */
    readonly wide: (bytes: number) => string;
    /** A statement whose column `nope` does not exist, behind a character outside the basic plane. */
    readonly misspelt: string;
    /** An insert that only a check at COMMIT refuses; absent where there is no such thing. */
    readonly deferredViolation?: string;
  };
  /** Whether rows that go by a cascade fire the triggers of their table; true when absent. */
  readonly cascadesFireTriggers?: boolean;
  /** Contract tests this database cannot meet, and why; each becomes a documented limit. */
  readonly exceptions?: readonly { readonly test: string; readonly reason: string }[];
};
