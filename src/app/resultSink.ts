/** Where the rows of one statement go. */
import type { Column, Row } from '../core/effect/preview.ts';
import type { Lineage } from '../core/masking/lineage.ts';

/** Receives a result as it arrives. Calls come in order: columns, then rows in batches. */
export interface ResultSink {
  /** `lineage`: for a sink that wants it; absent where the session cannot tell. */
  columns(columns: readonly Column[], lineage?: Lineage): void;
  /** Where each column comes from is to be learned before its rows come: it costs a question to the server. */
  readonly wantsLineage?: boolean;
  rows(rows: readonly Row[]): void;
  /** A promise: the sink is full, and no more rows are read before it resolves; when it rejects, the result ends. Absent: never full. */
  ready?(): Promise<void> | undefined;
  notice(message: string): void;
}
