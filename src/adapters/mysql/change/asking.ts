/** Asks the server and takes the answer for granted: whatever else comes ends the attempt, and its beginning decides what follows. */
import type { QueryResult } from '../command.ts';
import type { Line, QueryEnd, RunOptions } from '../line.ts';

/** How a statement ended that was not to end like this. Caught where the attempt began. */
export class Unanswered extends Error {
  readonly end: Exclude<QueryEnd, { kind: 'complete' }> | { readonly kind: 'stopped' };
  /** Index of the person's statement, when it was one. */
  readonly statement: number | undefined;

  constructor(end: Unanswered['end'], statement?: number) {
    super(messageOf(end));
    this.end = end;
    this.statement = statement;
  }
}

/** The last result. Throws `Unanswered`. */
export async function ask(line: Line, text: string, options: RunOptions = {}, statement?: number): Promise<QueryResult> {
  const end = await line.run(text, options);
  if (end.kind !== 'complete') throw new Unanswered(end, statement);
  // A statement that was cut short may answer as if it were done.
  if (end.stopped !== undefined) throw new Unanswered({ kind: 'stopped' }, statement);
  return end.results.at(-1) ?? { fields: [], rows: [], affectedRows: 0, warnings: 0, info: '' };
}

/** The error number, if an error of the server is what came. */
export function errnoOf(thrown: unknown): number | undefined {
  return thrown instanceof Unanswered && thrown.end.kind === 'error' ? thrown.end.error.errno : undefined;
}

function messageOf(end: Unanswered['end']): string {
  switch (end.kind) {
    case 'error':
      return end.error.message;
    case 'lost':
      return end.loss.message;
    case 'unsent':
    case 'stopped':
      return 'it was stopped';
  }
}

/** A text as SQL, whatever its characters and the session's way of reading quotes. */
export function textLiteral(text: string): string {
  return `_utf8mb4 X'${Buffer.from(text, 'utf8').toString('hex')}'`;
}

export const errors = {
  accessDenied: 1227,
  tableAccessDenied: 1142,
  columnAccessDenied: 1143,
  lockWait: 1205,
  deadlock: 1213,
  safeUpdate: 1175,
  interrupted: 1317,
  timeMariadb: 1969,
  timeMysql: 3024,
  unknownTable: 1146,
  lockNowait: 3572,
} as const;
