/** Rows of a result, kept compactly: one string and one table of offsets for each batch instead of one object for each cell. */
import type { Row } from '../effect/preview.ts';

export interface RowStore {
  readonly rowCount: number;
  /** UTF-16 units of all values. */
  readonly units: number;
  append(rows: readonly Row[]): void;
  /** At most `count` rows from `start` on; fewer at the end. */
  window(start: number, count: number): Row[];
  /** `undefined` when there is no such cell; `null` is SQL NULL. */
  cell(row: number, column: number): string | null | undefined;
  clear(): void;
}

/** `cells[i]` is the end of cell `i` in `text`; the highest bit marks SQL NULL. */
type Batch = { readonly firstRow: number; readonly rowCount: number; readonly text: string; readonly cells: Uint32Array };

const nullBit = 0x8000_0000;
const endMask = 0x7fff_ffff;

/** @param width - number of columns; every row appended must have as many values */
export function createRowStore(width: number): RowStore {
  let batches: Batch[] = [];
  let rowCount = 0;
  let units = 0;

  const readRow = (batch: Batch, row: number): Row => {
    const first = (row - batch.firstRow) * width;
    return Array.from({ length: width }, (_, column) => readCell(batch, first + column));
  };

  return {
    get rowCount() {
      return rowCount;
    },
    get units() {
      return units;
    },
    append(rows) {
      if (rows.length === 0) return;
      const batch = pack(rows, rowCount, width);
      batches.push(batch);
      rowCount += rows.length;
      units += batch.text.length;
    },
    window(start, count) {
      const rows: Row[] = [];
      const end = Math.min(start + count, rowCount);
      let index = findBatch(batches, start);
      for (let row = start; row < end; row++) {
        let batch = batches[index];
        if (batch && row >= batch.firstRow + batch.rowCount) batch = batches[++index];
        if (batch) rows.push(readRow(batch, row));
      }
      return rows;
    },
    cell(row, column) {
      if (row < 0 || row >= rowCount || column < 0 || column >= width) return undefined;
      const batch = batches[findBatch(batches, row)];
      return batch && readCell(batch, (row - batch.firstRow) * width + column);
    },
    clear() {
      batches = [];
      rowCount = 0;
      units = 0;
    },
  };
}

function pack(rows: readonly Row[], firstRow: number, width: number): Batch {
  const cells = new Uint32Array(rows.length * width);
  const parts: string[] = [];
  let end = 0;
  let index = 0;
  for (const row of rows) {
    if (row.length !== width) throw new TypeError(`a row has ${String(row.length)} values, the result has ${String(width)} columns`);
    for (const value of row) {
      if (value === null) cells[index++] = (end | nullBit) >>> 0;
      else {
        parts.push(value);
        end += value.length;
        cells[index++] = end;
      }
    }
  }
  return { firstRow, rowCount: rows.length, text: parts.join(''), cells };
}

function readCell({ text, cells }: Batch, index: number): string | null {
  const mark = cells[index] ?? nullBit;
  if (mark >= nullBit) return null;
  const start = index === 0 ? 0 : (cells[index - 1] ?? 0) & endMask;
  return text.slice(start, mark);
}

/** The last batch that begins at or before a row. */
function findBatch(batches: readonly Batch[], row: number): number {
  let low = 0;
  let high = batches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((batches[middle]?.firstRow ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
