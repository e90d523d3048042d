/** Messages between the analyser and its worker thread. */
import type { PreviewQuery } from '../../core/sql/postgres/previewQuery.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';

export type ParserRequest = { readonly kind: 'analyse' | 'preview'; readonly text: string };

export type ParserReply =
  /** The grammar is loaded. Sent once, first. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'verdict'; readonly verdict: ScriptVerdict }
  | { readonly kind: 'preview'; readonly preview?: PreviewQuery }
  /** The parser failed in a way that leaves its state in doubt: this thread must not be used again. */
  | { readonly kind: 'trap'; readonly message: string };
