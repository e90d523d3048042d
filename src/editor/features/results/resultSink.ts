/** Takes the rows of one statement as they come, and decides once, before the first of them, how each column is shown. */
import { createHmac, randomBytes } from 'node:crypto';
import type { ResultSink } from '../../../app/resultSink.ts';
import { screenMasks } from '../../../core/masking/screenMasks.ts';
import type { ScreenRules } from '../../../core/masking/screenRules.ts';
import { maskServerText } from '../../../core/masking/serverText.ts';
import { createMaskedRows, type MaskedRowsOptions } from '../../../core/results/maskedRows.ts';
import { createRowStore } from '../../../core/results/rowStore.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import { plainRows, type StatementResult } from './runView.ts';

export type SinkEvents = { changed(): void; notice(text: string): void };

/** @param rules - absent: nothing is masked */
export function sinkFor(result: StatementResult | undefined, dialect: Dialect, rules: ScreenRules | undefined, { changed, notice }: SinkEvents): ResultSink {
  return {
    wantsLineage: rules !== undefined,
    columns(columns, lineage) {
      if (!result) return;
      result.columns = columns;
      result.rows = rules ? createMaskedRows(createRowStore(columns.length), { strategies: screenMasks(rules, { statement: result.statement, dialect, columns, lineage }), pseudonym: createPseudonyms() }) : plainRows(columns.length);
      changed();
    },
    rows(rows) {
      result?.rows.append(rows);
      changed();
    },
    notice: (text) => notice(rules ? maskServerText(text, result?.statement.text ?? '') : text),
  };
}

/** The same name for equal values, under a key that is forgotten with the result. */
export function createPseudonyms(): MaskedRowsOptions['pseudonym'] {
  const key = randomBytes(32);
  return (value) => `#${createHmac('sha256', key).update(value).digest('hex').slice(0, 10)}`;
}
