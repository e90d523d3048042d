/** What of a failure goes into a record. */
import type { Failure } from '../errors.ts';

/** The server's own messages quote values of rows and texts of people; its code says what happened without them. Pure. */
export function recordedFailure({ code, message, sqlState }: Failure): string {
  if (code !== 'sql') return message;
  return sqlState === undefined ? 'the server refused it' : `the server refused it: SQLSTATE ${sqlState}`;
}
