/** From a text and a dialect to a verdict. */

import { classifyMysql } from '../core/sql/mysql/classifyMysql.ts';
import type { Dialect, ScriptVerdict } from '../core/sql/verdict.ts';

/** `script` is a file for people and client programs; `message` is what is sent to a server as it is. */
export type TextSource = 'script' | 'message';

/** Classifies a text; undefined stands for bytes that are not UTF-8. */
export async function classifyText(text: string | undefined, dialect: Dialect, source: TextSource): Promise<ScriptVerdict> {
  if (text === undefined) return { dialect, class: 'unknown', statements: [], error: { message: 'the text is not UTF-8' } };
  if (dialect === 'postgresql') throw new Error('not wired');
  return classifyMysql(text, dialect, { source });
}
