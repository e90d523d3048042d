/** Where requests live. One SQL text for both stores; what differs between them is here and in the two files beside this. */

export type SqlValue = string | number | Uint8Array<ArrayBuffer> | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Statements with `$1`, `$2`, … Bytes come back as `Uint8Array`, whole numbers as `number`. */
export interface Sql {
  query(text: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
}

/** A transaction that sees and keeps all or nothing. */
export interface Transaction extends Sql {
  /** Tells every instance, once this is committed, that something under the topic is new. Not kept: readers look again on their own too. */
  notify(topic: string): Promise<void>;
}

export interface Store extends Sql {
  readonly kind: 'sqlite' | 'postgresql';
  /** Runs the work, commits, and answers; rolls back when the work rejects. */
  transaction<Answer>(work: (transaction: Transaction) => Promise<Answer>): Promise<Answer>;
  /**
   * `onTopic` is called after a commit, here or in another instance, and perhaps twice. `onGap` is called when topics may have been
   * missed: whoever waits must read again.
   */
  listen(onTopic: (topic: string) => void, onGap: () => void): void;
  close(): Promise<void>;
}

/** What the stores spell differently: a type, and the triggers that keep the log of records as it is. */
export type Dialect = { readonly bytes: string; readonly appendOnly: readonly string[] };
