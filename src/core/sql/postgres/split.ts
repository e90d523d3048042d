/** Finds statements in a text without parsing it: for the caret, for marks in the editor, and as a check of the parser. */
import { endOfToken, skipTrivia } from './lexer.ts';

/** Half-open range of UTF-16 indices: without white space and comments around it and without the semicolon. */
export type StatementRange = { readonly start: number; readonly end: number };

/**
 * The statements of a script, in order; empty ones are left out. Never fails: an unterminated string or comment reaches to
 * the end of the text. Agrees with PostgreSQL's parser on every text that PostgreSQL accepts.
 */
export function splitPostgres(text: string): readonly StatementRange[] {
  const statements: StatementRange[] = [];
  for (let index = 0; index < text.length; ) {
    const { start, end, next } = readStatement(text, index);
    if (end > start) statements.push({ start, end });
    index = next;
  }
  return statements;
}

/**
 * The statement a caret is in, from the first character to just behind the semicolon. On the rest of that line it still
 * belongs to it; in comments right above a statement it belongs to that one. Elsewhere between statements: `undefined`.
 */
export function statementAt(text: string, offset: number): StatementRange | undefined {
  let before: Statement | undefined;
  for (let index = 0; index < text.length; ) {
    const statement = readStatement(text, index);
    index = statement.next;
    if (statement.end === statement.start) continue;
    if (before && isOnLineAfter(text, before, Math.min(offset, statement.start))) {
      if (offset < statement.start) return rangeOf(before);
    } else if (offset < statement.start) return isRightAbove(text, offset, statement.start) ? rangeOf(statement) : undefined;
    if (offset <= statement.next) return rangeOf(statement);
    before = statement;
  }
  return before && isOnLineAfter(text, before, offset) ? rangeOf(before) : undefined;
}

type Statement = StatementRange & {
  /** One past the semicolon, or the end of the text. */
  readonly next: number;
};

function rangeOf({ start, end }: Statement): StatementRange {
  return { start, end };
}

function isOnLineAfter(text: string, statement: Statement, offset: number): boolean {
  return offset >= statement.next && !/[\n\r]/u.test(text.slice(statement.next, offset));
}

/** Whether only comment lines lie between: neither the caret's own line nor one below it is empty. */
function isRightAbove(text: string, offset: number, start: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return text
    .slice(lineStart, start)
    .split('\n')
    .slice(0, -1)
    .every((line) => line.trim() !== '');
}

const semicolon = 59;

/** Reads on to the semicolon that ends a statement. An empty one has `end === start`. */
function readStatement(text: string, from: number): Statement {
  const start = skipTrivia(text, from);
  const nesting = createNesting();
  let end = start;
  for (let index = start; index < text.length; index = skipTrivia(text, end)) {
    if (text.charCodeAt(index) === semicolon && !nesting.isInside()) return { start, end, next: index + 1 };
    end = endOfToken(text, index);
    nesting.see(text, index, end);
  }
  return { start, end, next: text.length };
}

/** Follows what may hold semicolons that end nothing: a `BEGIN ATOMIC … END` body, and the parentheses of a rule. */
function createNesting() {
  let kind: 'unknown' | 'plain' | 'routine' | 'rule' = 'unknown';
  let seen = 0;
  let depth = 0;
  let before = '';

  function seeHead(word: string) {
    seen++;
    if (seen === 1) kind = word === 'create' ? 'unknown' : 'plain';
    else if (word === 'function' || word === 'procedure') kind = 'routine';
    else if (word === 'rule') kind = 'rule';
    else if (seen > 3 || (word !== 'or' && word !== 'replace')) kind = 'plain';
  }

  function seeInRoutine(word: string) {
    const isName = before === 'as' || before === '.';
    if (depth === 0) depth = word === 'atomic' && before === 'begin' ? 1 : 0;
    else if (word === 'case' && !isName) depth++;
    else if (word === 'end' && !isName) depth--;
    before = word;
  }

  return {
    isInside: () => depth > 0,
    see(text: string, start: number, end: number) {
      if (kind === 'plain') return;
      if (kind === 'rule') {
        const unit = text.charAt(start);
        depth += unit === '(' ? 1 : unit === ')' ? -1 : 0;
        return;
      }
      // Longer ones are none of the words that matter.
      const word = end - start > 9 ? '' : text.slice(start, end).toLowerCase();
      if (kind === 'unknown') seeHead(word);
      else seeInRoutine(word);
    },
  };
}
