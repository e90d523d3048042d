/** Messages between the analysers and their worker threads. */
import type { PreviewQuery } from '../../core/sql/postgres/previewQuery.ts';
import type { ClassifiedStatement, Dialect, ScriptVerdict } from '../../core/sql/verdict.ts';
import type { TextPlace } from './conditionPlace.ts';

/** What a thread is started with. */
export type ParserSetup = {
  /** Whether it loads PostgreSQL's grammar, which takes longer than everything else. */
  readonly loadsGrammar: boolean;
};

export type ParserRequest =
  | { readonly kind: 'analyse'; readonly text: string; readonly dialect: Dialect }
  /** Of a PostgreSQL statement. */
  | { readonly kind: 'preview' | 'condition'; readonly text: string }
  /** A part has arrived and been taken over. */
  | { readonly kind: 'more' };

export type ParserReply =
  /** What it needs is loaded. Sent once, first. */
  | { readonly kind: 'ready' }
  /** Statements of a long verdict, the next ones when asked for: taking over all of them in one go would keep the other side busy for too long. */
  | { readonly kind: 'part'; readonly statements: readonly ClassifiedStatement[] }
  /** With the statements that were not in a part. */
  | { readonly kind: 'verdict'; readonly verdict: ScriptVerdict }
  | { readonly kind: 'preview'; readonly preview?: PreviewQuery }
  /** Where its WHERE is. */
  | { readonly kind: 'condition'; readonly place?: TextPlace }
  /** The parser failed in a way that leaves its state in doubt: this thread must not be used again. */
  | { readonly kind: 'trap'; readonly message: string };
