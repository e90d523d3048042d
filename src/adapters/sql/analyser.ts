/** One analyser for all dialects. */
import type { SqlAnalyser } from '../../app/ports.ts';
import { classifyMysql } from '../../core/sql/mysql/classifyMysql.ts';
import { createPostgresAnalyser } from './postgresAnalyser.ts';

export function createAnalyser(): SqlAnalyser & { dispose(): Promise<void> } {
  const postgres = createPostgresAnalyser();
  return {
    async analyse(text, dialect) {
      return dialect === 'postgresql' ? await postgres.analyse(text) : classifyMysql(text, dialect);
    },
    dispose: async () => await postgres.dispose(),
  };
}
