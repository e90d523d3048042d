/** A person at a terminal. Questions go to standard error, so that standard output stays what was asked for. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Terminal {
  /** The line that was typed; empty when the person only pressed Enter or ended the input. Rejects when `signal` aborts. */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** The same without showing what is typed. */
  askHidden(question: string): Promise<string>;
}

/** `undefined` unless both ends are a terminal: a pipe is not a person. */
export function findTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return { ask: async (question, signal) => await ask(question, process.stderr, signal), askHidden: async (question) => await askHidden(question) };
}

async function ask(question: string, output: NodeJS.WritableStream, signal?: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const typed = signal ? lines.question(question, { signal }) : lines.question(question);
    return await Promise.race([typed, closed]);
  } finally {
    lines.close();
  }
}

async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await ask('', nowhere);
  } finally {
    process.stderr.write('\n');
  }
}
