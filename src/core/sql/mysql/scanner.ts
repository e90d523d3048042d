/** State of the walk over a query, and the parentheses it is in. */

import type { Draft } from './draft.ts';
import type { Tokens } from './tokens.ts';

/** A table as written in a FROM list or its like; `first`..`last` are the tokens of its name. */
export type TableRef = { readonly schema?: string; readonly table: string; readonly alias?: string; readonly first: number; readonly last: number };

/** What stands at the beginning: a query, expressions, or a list of tables. */
export type ScanStart = 'query' | 'expressions' | 'tables';

/** What a pair of parentheses holds. */
export type Frame = {
  readonly holds: 'query' | 'tables' | 'arguments' | 'json-table' | 'cte' | 'other';
  /** Inside a FROM list, where a comma or JOIN brings the next table. */
  inFrom: boolean;
  /** Token of the window function whose parentheses these are, or -1. */
  readonly windowFunction: number;
};

export type Scanner = {
  readonly draft: Draft;
  readonly tokens: Tokens;
  readonly from: number;
  readonly to: number;
  /** The token under examination. */
  at: number;
  readonly frames: Frame[];
  frame: Frame;
  /** What the next parenthesis will hold, when a word before it decided that. */
  nextFrame: Frame | undefined;
  /** The next name is a table. */
  expectsTable: boolean;
  readonly tables: TableRef[];
  /** Names of common table expressions, in lower case: they are no tables. */
  readonly ctes: Set<string>;
};

/** Deeper nesting is refused: no person writes it, and the server may give up anywhere. */
export const maxDepth = 200;

export function createScanner(draft: Draft, from: number, to: number, start: ScanStart): Scanner {
  const frame = createFrame(start === 'expressions' ? 'other' : start);
  return {
    draft, tokens: draft.tokens, from, to, at: from, frames: [frame], frame, nextFrame: undefined,
    expectsTable: start === 'tables', tables: [], ctes: new Set(),
  };
}

export function createFrame(holds: Frame['holds'], windowFunction = -1): Frame {
  return { holds, inFrom: holds === 'tables', windowFunction };
}

/** What the parenthesis at the scanner's place holds, judged by what follows it. */
export function frameAtParenthesis(scanner: Scanner, isTable: boolean): Frame {
  const { tokens, at, to } = scanner;
  let inner = at + 1;
  while (inner < to && tokens.word[inner] === '(') inner++;
  const first = tokens.word[inner] as string;
  if (first === 'SELECT' || first === 'WITH' || first === 'VALUES' || first === 'TABLE') return createFrame('query');
  return createFrame(isTable ? 'tables' : 'other');
}
