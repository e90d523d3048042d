/** Turns what the server answered to a statement into a failure. */
import type { Failure } from '../../core/errors.ts';
import type { LineLoss } from './line.ts';
import { utf16Index } from './position.ts';

type ServerError = {
  readonly message: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly where?: string;
};

/** What some of the server's answers mean; its own words stay first. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['2D000', 'A COMMIT or ROLLBACK inside of a routine or a DO block would end the change before anybody saw it, so the server refuses it here.'],
  ['25006', 'The server keeps this transaction read-only.'],
  ['25P03', 'The server ended the transaction because it was idle for too long.'],
  ['40001', 'Somebody else changed the same rows meanwhile: run it again.'],
  ['40P01', 'Two sessions waited for each other and this one gave way: run it again.'],
  ['55P03', 'Somebody else holds a lock that is needed here: run it again later.'],
  ['57014', 'It reached its time limit, or an administrator stopped it.'],
]);

/**
 * @param options.text - the statement as it was sent: where the server's position points into
 * @param options.consequence - what it means for the data, as a sentence
 */
export function sqlFailure(error: Error, options: { readonly text?: string; readonly consequence?: string } = {}): Failure {
  const { message, code, detail, hint, position, where } = error as ServerError;
  const { text, consequence } = options;
  const meaning = code === undefined ? undefined : meanings.get(code);
  const index = text === undefined ? undefined : utf16Index(text, position);
  const sentences = [message, meaning, consequence].filter((part) => part !== undefined);
  const details = [detail, where].filter((part) => part !== undefined);
  return {
    code: 'sql',
    message: sentences.length === 1 ? message : sentences.map(endSentence).join(' '),
    ...(code === undefined ? {} : { sqlState: code }),
    ...(details.length === 0 ? {} : { detail: details.join('\n') }),
    ...(hint === undefined ? {} : { hint }),
    ...(index === undefined ? {} : { position: index }),
  };
}

/** @param consequence - what the loss means for the data, as a sentence */
export function lostFailure({ message, sqlState }: LineLoss, consequence: string): Failure {
  return {
    code: 'connection',
    message: `The connection was lost (${message}). ${consequence}`,
    ...(sqlState === undefined ? {} : { sqlState }),
  };
}

function endSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
