/** Analyses PostgreSQL texts in a worker thread: bounded in length, time and memory, and never failing. */
import { formatBytes, maxScriptBytes } from '../../core/sql/bytes.ts';
import { unreadable } from '../../core/sql/postgres/classifyPostgres.ts';
import type { PreviewQuery } from '../../core/sql/postgres/previewQuery.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import type { TextPlace } from './conditionPlace.ts';
import { createParserQueue, describeEnd, type ParserOptions } from './parserQueue.ts';

export type PostgresAnalyser = {
  /** Never rejects: what cannot be understood comes back as class `unknown` with `error`. */
  analyse(text: string): Promise<ScriptVerdict>;
  /** Queries for the rows a single INSERT, UPDATE or DELETE is about; `undefined` when there are none that surely are. Never rejects. */
  preview(text: string): Promise<PreviewQuery | undefined>;
  /** Where the WHERE of a single UPDATE or DELETE is, for marks: it may be wrong. Never rejects. */
  condition(text: string): Promise<TextPlace | undefined>;
  /** Ends the thread. Texts that wait come back as not understood. */
  dispose(): Promise<void>;
};

export function createPostgresAnalyser(options: ParserOptions = {}): PostgresAnalyser {
  const queue = createParserQueue({ loadsGrammar: true }, options);
  return {
    async analyse(text) {
      // Spares copying a text to the thread that it would refuse.
      if (text.length > maxScriptBytes) return unreadable(`the text is longer than ${formatBytes(maxScriptBytes)}`);
      const end = await queue.ask({ kind: 'analyse', text, dialect: 'postgresql' });
      return end.kind === 'verdict' ? end.verdict : unreadable(describeEnd(end));
    },
    async preview(text) {
      const end = text.length > maxScriptBytes ? undefined : await queue.ask({ kind: 'preview', text });
      return end?.kind === 'preview' ? end.preview : undefined;
    },
    async condition(text) {
      const end = await queue.ask({ kind: 'condition', text });
      return end.kind === 'condition' ? end.place : undefined;
    },
    dispose: () => queue.dispose(),
  };
}
