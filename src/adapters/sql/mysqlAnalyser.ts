/** Analyses texts for MySQL and MariaDB in a worker thread of their own, which needs no grammar and is there at once. */
import { formatBytes, maxScriptBytes } from '../../core/sql/bytes.ts';
import type { MysqlDialect } from '../../core/sql/mysql/tokens.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import { createParserQueue, describeEnd, type ParserOptions } from './parserQueue.ts';

export type MysqlAnalyser = {
  /** Never rejects: what cannot be understood comes back as class `unknown` with `error`. */
  analyse(text: string, dialect: MysqlDialect): Promise<ScriptVerdict>;
  /** Ends the thread. Texts that wait come back as not understood. */
  dispose(): Promise<void>;
};

export function createMysqlAnalyser(options: ParserOptions = {}): MysqlAnalyser {
  const queue = createParserQueue({ loadsGrammar: false }, options);
  return {
    async analyse(text, dialect) {
      // Spares copying a text to the thread that it would refuse.
      if (text.length > maxScriptBytes) return unreadable(dialect, `the text is longer than ${formatBytes(maxScriptBytes)}`);
      const end = await queue.ask({ kind: 'analyse', text, dialect });
      return end.kind === 'verdict' ? end.verdict : unreadable(dialect, describeEnd(end));
    },
    dispose: () => queue.dispose(),
  };
}

function unreadable(dialect: MysqlDialect, message: string): ScriptVerdict {
  return { dialect, class: 'unknown', statements: [], error: { message } };
}
