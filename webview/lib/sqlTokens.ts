/** Lexical colouring of SQL, for reading only: nothing is decided by it. */

export type SqlToken = { readonly kind: 'keyword' | 'string' | 'number' | 'comment' | 'name' | 'plain'; readonly text: string };

const keywords = new Set(
  (
    'add all alter and any as asc at begin between by cascade case cast check column commit concurrently conflict constraint copy create cross current ' +
    'database default deferrable delete desc distinct do drop else end escape except exists explain extract false fetch filter first following for foreign ' +
    'from full function grant group having if ilike in index inner insert intersect interval into is isolation join key language last lateral left level ' +
    'like limit lock materialized merge natural not nothing null nulls offset on only or order outer over partition preceding primary procedure range ' +
    'recursive references refresh release rename replace reset restart restrict returning revoke right rollback row rows savepoint schema select sequence ' +
    'session set share show similar some start table temp temporary then to transaction trigger true truncate type unbounded union unique update using ' +
    'vacuum values view when where window with'
  ).split(' '),
);

const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const blank = /[\s]+/y;

/** The tokens of a text; put together they are the text. Text cut in the middle of a token ends in an unfinished one. */
export function tokenizeSql(text: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, at: number): SqlToken {
  const take = (kind: SqlToken['kind'], end: number): SqlToken => ({ kind, text: text.slice(at, end) });
  const two = text.slice(at, at + 2);
  if (two === '--') return take('comment', endOr(text.indexOf('\n', at), text));
  if (two === '/*') return take('comment', endOfComment(text, at));
  const escaped = /^[eE]'/.test(two);
  if (text[at] === "'" || /^[eEbBxXnN]'/.test(two)) return take('string', endOfQuoted(text, text.indexOf("'", at), escaped));
  if (text[at] === '"' || text[at] === '`') return take('name', endOfQuoted(text, at, false));
  const tag = matchAt(dollarTag, text, at);
  if (tag !== undefined) {
    const close = text.indexOf(tag, at + tag.length);
    return take('string', close < 0 ? text.length : close + tag.length);
  }
  const name = matchAt(word, text, at);
  if (name !== undefined) return { kind: keywords.has(name.toLowerCase()) ? 'keyword' : 'plain', text: name };
  const digits = matchAt(number, text, at);
  if (digits !== undefined) return { kind: 'number', text: digits };
  return { kind: 'plain', text: matchAt(blank, text, at) ?? String.fromCodePoint(text.codePointAt(at) ?? 0) };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function endOr(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

/** Block comments nest in PostgreSQL. */
function endOfComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two === '/*') depth++;
    else if (two === '*/') depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** A doubled quote stands for itself; a backslash does so only in `E''` strings. */
function endOfQuoted(text: string, open: number, backslash: boolean): number {
  const quote = text[open];
  for (let at = open + 1; at < text.length; at++) {
    if (backslash && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return text.length;
}
