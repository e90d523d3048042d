/** Keeps what a run shows: the rows of its reads, and the effect of its change. */
import type { ReadEnd, Results } from '../../app/ports.ts';
import type { ResultSink } from '../../app/resultSink.ts';
import type { UndoNotice } from '../../core/undo/kept.ts';
import type { Column, Preview, Row, TableImages } from '../../core/effect/preview.ts';

export type ReadResult = {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly notices: readonly string[];
  readonly end: ReadEnd;
};

/** What the review of a change was about. */
export type ShownChange = {
  readonly preview: Preview;
  /** Empty until they were read. */
  images: readonly TableImages[];
  /** What is said about the way back, once that is known. */
  undo?: UndoNotice;
};

type Growing = { columns: readonly Column[]; readonly rows: Row[]; readonly notices: string[] };

export interface Collected extends Results {
  /** By statement, as far as they ran. */
  readonly results: readonly ReadResult[];
}

export function collectResults(): Collected {
  const results: ReadResult[] = [];
  return {
    results,
    begin() {
      const growing = new Map<number, Growing>();
      return {
        sink(statement) {
          const result: Growing = { columns: [], rows: [], notices: [] };
          growing.set(statement, result);
          return sinkFor(result);
        },
        ended(statement, end) {
          results[statement] = { ...(growing.get(statement) ?? { columns: [], rows: [], notices: [] }), end };
        },
        finished: () => undefined,
      };
    },
  };
}

function sinkFor(result: Growing): ResultSink {
  return {
    columns(columns) {
      result.columns = columns;
    },
    rows(rows) {
      for (const row of rows) result.rows.push(row);
    },
    notice: (message) => void result.notices.push(message),
  };
}
