/** From a text and a dialect to a verdict. */

import { createPostgresAnalyser } from '../adapters/sql/postgresAnalyser.ts';
import { classifyMysql } from '../core/sql/mysql/classifyMysql.ts';
import type { Dialect, ScriptVerdict } from '../core/sql/verdict.ts';

/** `script` is a file for people and client programs; `message` is what is sent to a server as it is. */
export type TextSource = 'script' | 'message';

export type Classifier = {
  /** Never rejects. Undefined stands for bytes that are not UTF-8. */
  classify(text: string | undefined, dialect: Dialect, source: TextSource): Promise<ScriptVerdict>;
  dispose(): Promise<void>;
};

/** Starts PostgreSQL's parser with the first text that needs it. */
export function createClassifier(): Classifier {
  const postgres = createPostgresAnalyser();
  return {
    async classify(text, dialect, source) {
      if (text === undefined) return { dialect, class: 'unknown', statements: [], error: { message: 'the text is not UTF-8' } };
      return dialect === 'postgresql' ? await postgres.analyse(text) : classifyMysql(text, dialect, { source });
    },
    dispose: async () => await postgres.dispose(),
  };
}
