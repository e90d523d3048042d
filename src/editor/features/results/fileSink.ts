/** Writes rows into a file as they come, a batch at a time: however many there are, only those of one batch are in memory. */
import type { ResultFile } from '../../../adapters/resultFile.ts';
import type { Column, Row } from '../../../core/effect/preview.ts';
import { createRowWriter, type RowFacts, type RowWriter } from '../../../core/results/rowWriter.ts';
import type { FileFormat } from './exportFormats.ts';

export interface FileSink {
  columns(columns: readonly Column[]): void;
  rows(rows: readonly Row[]): void;
  /** Resolves when what was given is written; `undefined` when it is. Rejects when it cannot be. */
  ready(): Promise<void> | undefined;
  /** The end of the text. */
  end(): Promise<void>;
  readonly count: number;
}

/** @param onRows - told after each batch, with how many rows there are now */
export function createFileSink(file: ResultFile, { format, facts, startsWithMark, lineEnd }: FileFormat, origin: Pick<RowFacts, 'table' | 'dialect'>, onRows: (count: number) => void): FileSink {
  let writer: RowWriter | undefined;
  let writing = Promise.resolve();
  let waiting = 0;
  let count = 0;
  /** In order, one after the other; after a failure nothing more. */
  const write = (text: string): void => {
    if (text === '') return;
    waiting += 1;
    writing = writing.then(async () => {
      await file.write(text);
      waiting -= 1;
    });
    // Whoever waits hears of a failure, however late.
    writing.catch(() => undefined);
  };
  return {
    columns(columns) {
      writer = createRowWriter(format, { columns, headers: true, ...facts, ...origin });
      write((startsWithMark === true ? '\ufeff' : '') + writer.begin());
    },
    rows(rows) {
      count += rows.length;
      write(writer?.rows(rows) ?? '');
      onRows(count);
    },
    ready: () => (waiting === 0 ? undefined : writing),
    async end() {
      write((writer?.end() ?? '') + lineEnd);
      await writing;
    },
    get count() {
      return count;
    },
  };
}
