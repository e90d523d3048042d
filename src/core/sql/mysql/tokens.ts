/** What the tokenizer hands on: parallel arrays, because a script has hundreds of thousands of tokens. */

import type { Dialect } from '../verdict.ts';

export type MysqlDialect = Exclude<Dialect, 'postgresql'>;

export const tokenKind = {
  /** Unquoted identifier or keyword. */
  word: 1,
  /** Quoted identifier. */
  quoted: 2,
  /** String literal, without its introducer or prefix. */
  text: 3,
  number: 4,
  /** `@name`, with its name. */
  userVariable: 5,
  /** `@@`, without the name that follows. */
  systemVariable: 6,
  /** Operator or punctuation; `word` holds its characters. */
  operator: 7,
  /** Start or end of a comment whose content the server executes. */
  executable: 8,
  /** Dollar-quoted text, which MySQL 9 knows and older servers do not. */
  dollarText: 9,
  /** A character that no grammar knows here. */
  illegal: 10,
} as const;

/** How the session reads quotes. It must be the session's real mode, or the verdict means nothing. */
export type LexicalMode = {
  readonly dialect: MysqlDialect;
  /** sql_mode ANSI_QUOTES: `"x"` is an identifier. */
  readonly ansiQuotes: boolean;
  /** sql_mode NO_BACKSLASH_ESCAPES. */
  readonly noBackslashEscapes: boolean;
  /** A client character set (gbk, sjis, big5 …) in which `\` or a backtick may be the second half of a character. */
  readonly swallowingCharset: boolean;
};

/** A comment that some server version executes; half-open, in UTF-16 units. */
export type ExecutableComment = { readonly start: number; readonly end: number };

/** A `DELIMITER` line or an occurrence of the delimiter it set: ends the statement before it and is sent to nobody. */
export type ClientCut = { readonly token: number; readonly start: number; readonly end: number; readonly isCommand: boolean };

export type Tokens = {
  readonly text: string;
  readonly mode: LexicalMode;
  count: number;
  /** Longer than `count`, and so are the next two. */
  kind: Uint8Array;
  /** Offsets in UTF-16 units. */
  start: Int32Array;
  end: Int32Array;
  /** Upper-case keyword for a word the grammar knows, the characters of an operator, '' for anything else. */
  readonly word: string[];
  /** Comments executed by some server but skipped by the tokenizer. */
  readonly skippedExecutables: ExecutableComment[];
  /** Optimizer hint comments. */
  readonly hints: ExecutableComment[];
  /** In order; `token` is the index of the first token behind the cut. */
  readonly cuts: ClientCut[];
  /** A string literal contains a backslash: another sql_mode might end it elsewhere. */
  backslashInText: boolean;
  /** The same inside double quotes. */
  backslashInDoubleQuotes: boolean;
  /** A backslash or backtick directly behind a character outside ASCII. */
  swallowable: boolean;
  failure?: { readonly message: string; readonly offset: number };
};

/** An empty list for the tokens of a text. */
export function createTokens(text: string, mode: LexicalMode): Tokens {
  const capacity = 16 + (text.length >> 2);
  return {
    text, mode, count: 0, kind: new Uint8Array(capacity), start: new Int32Array(capacity), end: new Int32Array(capacity), word: [],
    skippedExecutables: [], hints: [], cuts: [],
    backslashInText: false, backslashInDoubleQuotes: false, swallowable: false,
  };
}

/** Doubles the room. */
export function growTokens(tokens: Tokens): void {
  const { kind, start, end } = tokens;
  tokens.kind = new Uint8Array(kind.length * 2);
  tokens.start = new Int32Array(kind.length * 2);
  tokens.end = new Int32Array(kind.length * 2);
  tokens.kind.set(kind);
  tokens.start.set(start);
  tokens.end.set(end);
}

/** Anything that can name a table, a column or a function. */
export function isName(tokens: Tokens, index: number): boolean {
  const kind = tokens.kind[index];
  return kind === tokenKind.word || kind === tokenKind.quoted;
}

/** The characters of a token as written. */
export function tokenText(tokens: Tokens, index: number): string {
  return tokens.text.slice(tokens.start[index], tokens.end[index]);
}

/** The identifier a token stands for, without quotes. */
export function nameText(tokens: Tokens, index: number): string {
  const text = tokenText(tokens, index);
  if (tokens.kind[index] !== tokenKind.quoted) return text;
  const quote = text.charAt(0);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
