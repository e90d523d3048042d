/** One analyser for all dialects. None does its work in the thread that asks. */
import type { SqlAnalyser } from '../../app/ports.ts';
import { createMysqlAnalyser } from './mysqlAnalyser.ts';
import { createPostgresAnalyser } from './postgresAnalyser.ts';

export function createAnalyser(): SqlAnalyser & { dispose(): Promise<void> } {
  const postgres = createPostgresAnalyser();
  const mysql = createMysqlAnalyser();
  return {
    async analyse(text, dialect) {
      return dialect === 'postgresql' ? await postgres.analyse(text) : await mysql.analyse(text, dialect);
    },
    async dispose() {
      await Promise.all([postgres.dispose(), mysql.dispose()]);
    },
  };
}
