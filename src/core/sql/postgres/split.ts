/** Finds statements in a text without parsing it: for the caret, for marks in the editor, and as a check of the parser. */
import { placeAt, type StatementPlace, type StatementRange } from '../statementPlaces.ts';
import { endOfToken, skipTrivia } from './lexer.ts';

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

/** The statement a caret is in; see `placeAt`. */
export function statementAt(text: string, offset: number): StatementRange | undefined {
  return placeAt(text, places(text), offset);
}

function* places(text: string): Generator<StatementPlace> {
  for (let index = 0; index < text.length; ) {
    const place = readStatement(text, index);
    if (place.end > place.start) yield place;
    index = place.next;
  }
}

const semicolon = 59;

/** Reads on to the semicolon that ends a statement. An empty one has `end === start`. */
function readStatement(text: string, from: number): StatementPlace {
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
