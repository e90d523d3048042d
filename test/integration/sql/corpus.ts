/** The labelled texts of test/corpus/postgresql.jsonl. */
import { readFileSync } from 'node:fs';
import type { StatementClass, StatementTag } from '../../../src/core/sql/verdict.ts';

export type CorpusRow = {
  readonly sql: string;
  /** `null`: the server refuses the text. */
  readonly statements: number | null;
  readonly class: StatementClass;
  /** Other classes that are right too. */
  readonly also?: readonly StatementClass[];
  /** Tags that must be among those found. */
  readonly tags?: readonly StatementTag[];
  readonly why: string;
};

const file = new URL('../../corpus/postgresql.jsonl', import.meta.url);

export const corpus: readonly CorpusRow[] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as CorpusRow);
