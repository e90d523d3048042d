/** What an ALTER TABLE, CREATE INDEX or DROP INDEX does to its table, action by action, and how to do it to another table. */
import { findWord } from './clauses.ts';
import { isName, tokenKind, tokenText, type MysqlDialect, type Tokens } from './tokens.ts';
import { tokenize } from './tokenize.ts';

export type AlterActions = {
  /** The words of each action outside of parentheses, upper case; quoted names with their quotes. */
  readonly actions: readonly (readonly string[])[];
  /** `algorithm` and `lock` as the statement asks for them, upper case. */
  readonly asked: { readonly algorithm?: string; readonly lock?: string };
  /** The same statement about another table, asking for an algorithm and a lock of its own. `table`: as SQL. */
  on(table: string, asks: { readonly algorithm: string; readonly lock?: string }): string;
};

/** Nothing for other statements. */
export function readAlterActions(text: string, dialect: MysqlDialect): AlterActions | undefined {
  const tokens = tokenize(text, { dialect, ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false });
  if (tokens.failure !== undefined || tokens.hints.length > 0 || tokens.skippedExecutables.length > 0 || tokens.kind.includes(tokenKind.executable)) return undefined;
  const end = tokens.word[tokens.count - 1] === ';' ? tokens.count - 1 : tokens.count;
  const name = tableName(tokens, end);
  if (!name) return undefined;
  const isAlter = tokens.word[0] === 'ALTER';
  const parts = isAlter ? splitActions(tokens, name.last, end) : [{ first: 0, last: end }];
  const asked = { ...askedFor(tokens, name.last, end, 'ALGORITHM'), ...askedFor(tokens, name.last, end, 'LOCK') };
  const stop = tokens.end[end - 1] ?? 0;
  return {
    actions: isAlter ? parts.map(({ first, last }) => outerWords(tokens, first, last)).filter(([word]) => word !== 'ALGORITHM' && word !== 'LOCK') : [indexAction(tokens)],
    asked,
    on(table, { algorithm, lock }) {
      const clauses = [`ALGORITHM=${algorithm}`, ...(lock === undefined ? [] : [`LOCK=${lock}`])];
      // MariaDB has no place for the clauses in DROP INDEX.
      if (tokens.word[0] === 'DROP') return `ALTER TABLE ${table} DROP INDEX ${tokenText(tokens, name.first - 2)}, ${clauses.join(', ')}`;
      const comma = isAlter ? ', ' : ' ';
      return `${text.slice(0, tokens.start[name.first])}${table}${text.slice(tokens.end[name.last - 1], stop)}${comma}${clauses.join(comma)}`;
    },
  };
}

type Place = { readonly first: number; readonly last: number };

function tableName(tokens: Tokens, end: number): Place | undefined {
  const isAlter = tokens.word[0] === 'ALTER';
  const isIndex = (tokens.word[0] === 'CREATE' || tokens.word[0] === 'DROP') && findWord(tokens, 0, Math.min(end, 5), 'INDEX') < Math.min(end, 5);
  if (!isAlter && !isIndex) return undefined;
  const keyword = findWord(tokens, 0, end, isAlter ? 'TABLE' : 'ON');
  if (keyword === end || (isAlter && keyword > 3)) return undefined;
  const first = tokens.word[keyword + 1] === 'IF' ? keyword + 3 : keyword + 1;
  if (!isName(tokens, first)) return undefined;
  return { first, last: tokens.word[first + 1] === '.' ? first + 3 : first + 1 };
}

function splitActions(tokens: Tokens, from: number, end: number): readonly Place[] {
  const places: Place[] = [];
  for (let first = from; first < end; ) {
    const last = findWord(tokens, first, end, ',');
    places.push({ first, last });
    first = last + 1;
  }
  return places;
}

function outerWords(tokens: Tokens, first: number, last: number): readonly string[] {
  const words: string[] = [];
  let depth = 0;
  for (let at = first; at < last; at++) {
    const isWritten = tokens.kind[at] === tokenKind.word || tokens.word[at] === '';
    const word = isWritten ? wordOf(tokens, at) : (tokens.word[at] as string);
    if (word === ')') depth--;
    if (depth === 0) words.push(word);
    if (word === '(') depth++;
  }
  return words;
}

/** A quoted name keeps its quotes: it is no keyword. */
function wordOf(tokens: Tokens, at: number): string {
  const text = tokenText(tokens, at);
  return tokens.kind[at] === tokenKind.word ? text.toUpperCase() : text;
}

/** As ALTER TABLE would say it. */
function indexAction(tokens: Tokens): readonly string[] {
  if (tokens.word[0] === 'DROP') return ['DROP', 'INDEX'];
  const kind = [1, 2, 3].map((at) => tokens.word[at]).find((word) => word === 'FULLTEXT' || word === 'SPATIAL');
  return ['ADD', kind ?? 'INDEX'];
}

function askedFor(tokens: Tokens, from: number, end: number, option: 'ALGORITHM' | 'LOCK'): { readonly algorithm?: string; readonly lock?: string } {
  const at = findWord(tokens, from, end, option);
  if (at === end) return {};
  const value = tokenText(tokens, tokens.word[at + 1] === '=' ? at + 2 : at + 1).toUpperCase();
  return option === 'LOCK' ? { lock: value } : { algorithm: value };
}
