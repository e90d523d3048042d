/** Turns what the server answered to a statement into a failure. */
import type { Failure } from '../../core/errors.ts';
import type { LineLoss } from './line.ts';
import { positionOf } from './position.ts';
import type { ServerError } from './wire.ts';

/** What some of the server's answers mean; its own words stay first. */
const meanings: ReadonlyMap<number, string> = new Map([
  [1205, 'Somebody else holds a lock that is needed here: run it again later.'],
  [1213, 'Two sessions waited for each other and this one gave way: run it again.'],
  [1290, 'The server keeps everybody from writing.'],
  [1317, 'An administrator stopped it.'],
  [1792, 'The server keeps this session read-only.'],
  [1836, 'The server keeps everybody from writing.'],
  [1969, 'It reached its time limit.'],
  [3024, 'It reached its time limit.'],
]);

/**
 * @param options.text - the statement as it was sent: what the server names is looked for in it
 * @param options.consequence - what it means for the data, as a sentence
 */
export function sqlFailure(error: ServerError, options: { readonly text?: string; readonly consequence?: string } = {}): Failure {
  const { message, errno, sqlState } = error;
  const { text, consequence } = options;
  const position = text === undefined ? undefined : positionOf(text, errno, message);
  const sentences = [message, meanings.get(errno), consequence].filter((part) => part !== undefined);
  return {
    code: 'sql',
    message: sentences.length === 1 ? message : sentences.map(endSentence).join(' '),
    ...(sqlState === '' ? {} : { sqlState }),
    ...(position === undefined ? {} : { position }),
  };
}

/** @param consequence - what the loss means for the data, as a sentence */
export function lostFailure({ message }: LineLoss, consequence: string): Failure {
  return { code: 'connection', message: `The connection was lost (${message.replace(/\.$/, '')}). ${consequence}` };
}

/** A statement that was stopped because it took too long. */
export function timeLimitFailure(milliseconds: number, consequence: string): Failure {
  return { code: 'sql', message: `Stopped: it reached its time limit of ${String(milliseconds / 1000)} s. ${consequence}` };
}

function endSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
