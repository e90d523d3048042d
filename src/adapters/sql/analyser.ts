/** One analyser for all dialects. None does its work in the thread that asks. */
import type { SqlAnalyser } from '../../app/ports.ts';
import type { PreviewQuery } from '../../core/sql/postgres/previewQuery.ts';
import type { Dialect } from '../../core/sql/verdict.ts';
import type { TextPlace } from './conditionPlace.ts';
import { createMysqlAnalyser } from './mysqlAnalyser.ts';
import { createPostgresAnalyser } from './postgresAnalyser.ts';

export interface Analyser extends SqlAnalyser {
  /** Queries for the rows a single INSERT, UPDATE or DELETE is about; `undefined` where none surely are. Never rejects. */
  preview(text: string, dialect: Dialect): Promise<PreviewQuery | undefined>;
  /** Where the WHERE of a single UPDATE or DELETE is, for marks: it may be wrong or missing. Never rejects. */
  condition(text: string, dialect: Dialect): Promise<TextPlace | undefined>;
  dispose(): Promise<void>;
}

export function createAnalyser(): Analyser {
  const postgres = createPostgresAnalyser();
  const mysql = createMysqlAnalyser();
  return {
    async analyse(text, dialect) {
      return dialect === 'postgresql' ? await postgres.analyse(text) : await mysql.analyse(text, dialect);
    },
    // Only PostgreSQL's own grammar can confirm that a query is about the same rows.
    preview: async (text, dialect) => (dialect === 'postgresql' ? await postgres.preview(text) : undefined),
    condition: async (text, dialect) => (dialect === 'postgresql' ? await postgres.condition(text) : undefined),
    async dispose() {
      await Promise.all([postgres.dispose(), mysql.dispose()]);
    },
  };
}
