/** From a text and PostgreSQL's own parse of it to a verdict. */
import { createByteMap, formatBytes, maxStatementBytes, refuseText, utf8Length, type ByteMap } from '../bytes.ts';
import { worstClass, type ByteSpan, type ClassifiedStatement, type Reason, type ScriptVerdict } from '../verdict.ts';
import { classifyStatement, type Classification } from './classifyStatement.ts';
import type { Finding } from './findings.ts';
import { endOfToken, skipTrivia } from './lexer.ts';
import type { StatementRange } from '../statementPlaces.ts';
import { splitPostgres } from './split.ts';
import { isRecord, one, type PgNode, type TypedNode } from './tree.ts';

/** No statement needs more words than these. */
const maxReasons = 20;

/**
 * Classifies every statement of a script.
 *
 * @param text the very text that was parsed; `refuseText` must have let it through
 * @param tree what libpg-query 18 made of it
 * @returns class `unknown` with `error` when the statements of the tree are not those found in the text
 */
export function classifyPostgres(text: string, tree: unknown): ScriptVerdict {
  const map = createByteMap(text);
  const parsed = isRecord(tree) && Array.isArray(tree['stmts']) ? tree['stmts'].filter(isRecord) : [];
  const ranges = splitPostgres(text);
  if (!agree(parsed, ranges, map)) return unreadable('two ways of finding the statements in it disagree');
  const statements = ranges.map((range, index) => classifyAt({ text, map, range, raw: parsed[index] ?? {} }));
  return { dialect: 'postgresql', class: worstClass(statements.map((statement) => statement.class)), statements };
}

/** Texts that are not even parsed: unreadable characters, too long. */
export function refuseBeforeParsing(text: string): ScriptVerdict | undefined {
  const refusal = refuseText(text);
  if (refusal) return unreadable(refusal.message, refusal.offset);
  // UTF-16 units never outnumber bytes, so most texts need no count.
  const long = splitPostgres(text).find(({ start, end }) => (end - start) * 3 > maxStatementBytes && bytesToParse(text.slice(start, end)) > maxStatementBytes);
  return long && unreadable(`a statement is longer than ${formatBytes(maxStatementBytes)}`, utf8Length(text.slice(0, long.start)));
}

/** What is in one plain string is one token, however long it is: the way back from a change carries its rows like that. */
function bytesToParse(statement: string): number {
  let bytes = utf8Length(statement);
  if (bytes <= maxStatementBytes) return bytes;
  for (let index = skipTrivia(statement, 0); index < statement.length; index = skipTrivia(statement, index)) {
    const end = endOfToken(statement, index);
    if (statement.startsWith("'", index) && end - index > longString) bytes -= utf8Length(statement.slice(index, end));
    index = end;
  }
  return bytes;
}

const longString = 1024;

/** The verdict on a text that cannot be split or parsed. `offset` is a UTF-8 byte offset. */
export function unreadable(message: string, offset?: number): ScriptVerdict {
  return { dialect: 'postgresql', class: 'unknown', statements: [], error: offset === undefined ? { message } : { message, offset } };
}

/** Whether parser and splitter found the same statements: a statement that only one of them sees would never be classified. */
function agree(parsed: readonly PgNode[], ranges: readonly StatementRange[], map: ByteMap): boolean {
  if (parsed.length !== ranges.length) return false;
  return parsed.every((raw, index) => {
    const range = ranges[index];
    const next = ranges[index + 1];
    const start = Number(raw['stmt_location'] ?? 0);
    const length = Number(raw['stmt_len'] ?? 0);
    const end = length === 0 ? map.bytes : start + length;
    return range !== undefined && start === map.toByte(range.start) && end >= map.toByte(range.end) && (!next || end < map.toByte(next.start));
  });
}

type Place = { readonly text: string; readonly map: ByteMap; readonly range: StatementRange; readonly raw: PgNode };

function classifyAt(place: Place): ClassifiedStatement {
  const { text, map, range, raw } = place;
  const span: ByteSpan = { start: map.toByte(range.start), end: map.toByte(range.end) };
  const { findings, ...classification } = classify(one(raw, 'stmt') ?? { type: 'nothing', node: {} });
  return { ...span, text: text.slice(range.start, range.end), ...classification, implicitCommit: false, reasons: reasonsFrom(findings, place) };
}

function classify(statement: TypedNode): Classification {
  try {
    return classifyStatement(statement);
  } catch (thrown) {
    // The stack is full.
    if (thrown instanceof RangeError) return tooDeep;
    throw thrown;
  }
}

const tooDeep: Classification = {
  kind: 'unparsed',
  class: 'unknown',
  tags: [],
  targets: [],
  findings: [{ class: 'unknown', code: 'too-deep', message: 'It is nested too deeply to be understood' }],
  canPreview: false,
  canRunInTransaction: true,
  returnsRows: false,
};

function reasonsFrom(findings: readonly Finding[], place: Place): readonly Reason[] {
  const reasons = new Map<string, Reason>();
  for (const { code, message, location } of findings) {
    const key = `${code}\n${message}`;
    if (!reasons.has(key) && reasons.size < maxReasons) reasons.set(key, { code, message, ...(location === undefined ? {} : { span: spanAt(location, place) }) });
  }
  return [...reasons.values()];
}

/** The word at a location. */
function spanAt(location: number, { text, map }: Place): ByteSpan {
  return { start: location, end: map.toByte(endOfToken(text, map.toIndex(location))) };
}
