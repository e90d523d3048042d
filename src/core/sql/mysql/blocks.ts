/** Walks over the blocks of a stored program: BEGIN, IF, CASE, loops, and where each of them ends. */

import { isName, tokenKind } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** A CASE inside an expression: it has no statements. */
const caseValue = 'CASE value';

type Block = {
  readonly word: string;
  /** How many parentheses are open around it. */
  readonly depth: number;
  /** A WHILE or FOR whose DO is still to come. */
  awaitsDo: boolean;
};

/** Open blocks and parentheses, and whether a statement may begin at the next token. */
type Walk = { readonly blocks: Block[]; depth: number; mayBegin: boolean };

/**
 * Index behind the blocks that begin at `from`; `from` itself when the body is a single statement.
 *
 * A block word counts only where a statement may begin: elsewhere IF and REPEAT are functions and END may be a name.
 */
export function endOfBlocks(tokens: Tokens, from: number, limit: number): number | undefined {
  const { word } = tokens;
  const walk: Walk = { blocks: [], depth: 0, mayBegin: true };
  for (let at = from; at < limit; at++) {
    const here = word[at] as string;
    if (here === ';' && walk.blocks.length === 0) return at;
    if (here === '' || tokens.kind[at] !== tokenKind.word) {
      passPlain(walk, tokens, at, from);
      continue;
    }
    // BEGIN NOT ATOMIC is one word in three.
    if (walk.mayBegin && (here === 'NOT' || here === 'ATOMIC')) continue;
    if (here === 'HANDLER' && word[at + 1] === 'FOR' && handlerKinds.has(word[at - 1] as string)) {
      at = actionOfHandler(tokens, at, limit) - 1;
      walk.mayBegin = true;
      continue;
    }
    const began = walk.mayBegin;
    walk.mayBegin = false;
    if (here !== 'END') enterBlock(walk, tokens, at, began);
    else if (began || closesInside(walk, tokens, at)) {
      if (walk.blocks.pop() === undefined) return undefined;
      // END IF, END LOOP …: the second word closes the same block.
      if (began && closedByName.has(word[at + 1] as string)) at++;
      if (walk.blocks.length === 0) return at + 1;
    }
  }
  return walk.blocks.length === 0 ? limit : undefined;
}

const closedByName = new Set(['IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR']);

/** Operators, literals and quoted names. Behind `;` and behind a label a statement may begin. */
function passPlain(walk: Walk, tokens: Tokens, at: number, from: number): void {
  const here = tokens.word[at];
  if (here === '(') walk.depth++;
  else if (here === ')') walk.depth--;
  walk.mayBegin = here === ';' || (here === ':' && at > from && isName(tokens, at - 1));
}

/** Whether an END that begins no statement closes a CASE of an expression, or is the one of UNTIL … END REPEAT. */
function closesInside({ blocks, depth }: Walk, tokens: Tokens, at: number): boolean {
  const innermost = blocks.at(-1);
  if (innermost?.word === 'REPEAT') return tokens.word[at + 1] === 'REPEAT';
  return innermost?.word === caseValue && innermost.depth === depth && !isOperandDue(tokens, at);
}

/** Behind these a value has to follow: END and DO are names there. */
const beforeOperand = new Set(['CASE', 'WHEN', 'THEN', 'ELSE', 'WHILE', 'UNTIL', 'AND', 'OR', 'XOR', 'NOT', 'LIKE', 'REGEXP', 'RLIKE', 'IN', 'BETWEEN', 'DIV', 'MOD', 'BINARY', 'AS']);

function isOperandDue(tokens: Tokens, at: number): boolean {
  const before = tokens.word[at - 1] as string;
  return beforeOperand.has(before) || (tokens.kind[at - 1] === tokenKind.operator && before !== ')');
}

const handlerKinds = new Set(['CONTINUE', 'EXIT', 'UNDO']);

/** Behind `CONTINUE HANDLER FOR` and its conditions stands the statement that handles them. */
function actionOfHandler({ word }: Tokens, handler: number, limit: number): number {
  let at = handler + 2;
  while (at < limit) {
    if (word[at] === 'SQLSTATE') at += word[at + 1] === 'VALUE' ? 3 : 2;
    else at += word[at] === 'NOT' ? 2 : 1;
    if (word[at] !== ',') break;
    at++;
  }
  return at;
}

function enterBlock(walk: Walk, tokens: Tokens, at: number, began: boolean): void {
  const here = tokens.word[at] as string;
  const innermost = walk.blocks.at(-1);
  const open = (word: string) => walk.blocks.push({ word, depth: walk.depth, awaitsDo: word === 'WHILE' || word === 'FOR' });
  switch (here) {
    case 'BEGIN': case 'LOOP': case 'REPEAT':
      if (!began) return;
      open(here);
      walk.mayBegin = true;
      return;
    case 'IF': case 'WHILE': case 'FOR':
      if (began) open(here);
      return;
    case 'CASE':
      open(began ? 'CASE' : caseValue);
      return;
    case 'DO':
      // At the beginning of a statement it is the statement DO.
      if (began || innermost?.awaitsDo !== true || innermost.depth !== walk.depth || isOperandDue(tokens, at)) return;
      innermost.awaitsDo = false;
      walk.mayBegin = true;
      return;
    case 'THEN': case 'ELSE':
      walk.mayBegin = innermost?.word !== caseValue;
      return;
    default:
  }
}
