/** All fixes of a statement. The text with a fix may still be refused: whoever offers it lets the parser look first. */
import { outerWords as mysqlWords } from '../mysql/outerWords.ts';
import { outerWords as postgresWords } from '../postgres/outerWords.ts';
import type { ClassifiedStatement, Dialect } from '../verdict.ts';
import { addLimit, addNotValid, addOnline, addWhere } from './clauses.ts';
import { useConcurrently } from './concurrently.ts';
import type { Fix, FixContext } from './fix.ts';
import { copyBeforeTruncate, softDrop } from './putAside.ts';

const makers: readonly ((context: FixContext) => Fix | undefined)[] = [addWhere, softDrop, copyBeforeTruncate, useConcurrently, addNotValid, addOnline, addLimit];

/** @param stamp - part of the names of tables put aside, e.g. `20260101T0915` */
export function fixesFor(statement: ClassifiedStatement, dialect: Dialect, stamp: string): readonly Fix[] {
  const words = dialect === 'postgresql' ? postgresWords(statement.text) : mysqlWords(statement.text, dialect);
  const context: FixContext = { statement, dialect, words, stamp };
  return makers.flatMap((make) => make(context) ?? []);
}

/** The statement's text with a fix. */
export function withFix({ text }: Pick<ClassifiedStatement, 'text'>, { edit }: Fix): string {
  return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}
