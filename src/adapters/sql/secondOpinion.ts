/**
 * A veto by an unrelated parser: when it understands a text too, and sees other statements in it or a write where the
 * verdict says read, nobody can be sure. It understands two thirds of the language; not understanding means nothing.
 */
import type { Statement } from 'pgsql-ast-parser';
import { utf8Length } from '../../core/sql/bytes.ts';
import { withoutComments } from '../../core/sql/postgres/comments.ts';
import type { ClassifiedStatement, ScriptVerdict } from '../../core/sql/verdict.ts';
import { loadOtherParser } from './otherParser.ts';

/** Without comments. It takes a tenth of a second for this many, and beyond 32 KB so much memory that it can take the thread down. */
const maxBytes = 4 * 1024;

/** The verdict, or the same with `unknown` statements where the other parser contradicts. */
export async function withSecondOpinion(text: string, verdict: ScriptVerdict): Promise<ScriptVerdict> {
  if (!verdict.statements.some((statement) => statement.class === 'read')) return verdict;
  // It takes quotes in comments for strings.
  const plain = withoutComments(text);
  const statements = utf8Length(plain) > maxBytes ? undefined : await parse(plain);
  return statements ? applyVeto(verdict, statements) : verdict;
}

async function parse(text: string): Promise<readonly Statement[] | undefined> {
  const parseOther = await loadOtherParser();
  try {
    return parseOther(text);
  } catch {
    // It does not understand the text, which says nothing about it.
    return undefined;
  }
}

/** Exported for tests: `others` is what the other parser found. */
export function applyVeto(verdict: ScriptVerdict, others: readonly Pick<Statement, 'type'>[]): ScriptVerdict {
  const differs = others.length !== verdict.statements.length;
  const statements = verdict.statements.map((statement, index) => (statement.class === 'read' && (differs || writes(others[index])) ? vetoed(statement) : statement));
  return statements.some((statement, index) => statement !== verdict.statements[index]) ? { ...verdict, class: 'unknown', statements } : verdict;
}

const doubt = { code: 'second-opinion', message: 'Two parsers understand this text differently' };

function vetoed(statement: ClassifiedStatement): ClassifiedStatement {
  return { ...statement, class: 'unknown', reasons: [doubt, ...statement.reasons] };
}

const reads = new Set(['select', 'union', 'union all', 'values', 'with', 'with recursive', 'show']);
const changes = new Set(['insert', 'update', 'delete', 'truncate table']);

/** Whether the statement is anything but a query, or a query with a write or a row lock inside. */
function writes(statement: Pick<Statement, 'type'> | undefined): boolean {
  return !statement || !reads.has(statement.type) || holdsChange(statement);
}

function holdsChange(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsChange);
  const { type, for: lock } = value as { type?: unknown; for?: unknown };
  if ((typeof type === 'string' && changes.has(type)) || (type === 'select' && lock !== undefined && lock !== null)) return true;
  return Object.values(value).some(holdsChange);
}
