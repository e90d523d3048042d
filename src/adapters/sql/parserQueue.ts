/** Texts in a row before a thread that reads one at a time, and is replaced after anything but a clean answer. */
import type { ParserRequest, ParserSetup } from './parserProtocol.ts';
import { startThread, type ParserThread, type ThreadEnd, type ThreadFailure } from './parserThread.ts';

export type ParserOptions = {
  /** The worker's entry; by default the one beside this file. */
  readonly workerFile?: URL;
  /** How long one text may take. */
  readonly deadlineMs?: number;
};

export type ParserQueue = {
  /** Never rejects. */
  ask(request: ParserRequest): Promise<ThreadEnd>;
  /** Ends the thread. Texts that wait come back as `disposed`. */
  dispose(): Promise<void>;
};

/** The thread starts with the first text. */
export function createParserQueue(setup: ParserSetup, options: ParserOptions = {}): ParserQueue {
  const { workerFile = besideThisFile(), deadlineMs = 2000 } = options;
  const waiting: Job[] = [];
  let current: Job | undefined;
  let worker: ParserThread | undefined;
  let isDisposed = false;

  function next() {
    if (current || waiting.length === 0) return;
    current = waiting.shift();
    if (!current) return;
    worker ??= startThread(workerFile, setup, settle);
    worker.run(current.request, deadlineMs);
  }

  function settle(end: ThreadEnd) {
    const job = current;
    current = undefined;
    if (isFailure(end)) void stopThread();
    job?.resolve(end);
    if (waiting.length === 0) worker?.rest();
    next();
  }

  function stopThread(): Promise<void> {
    const stopped = worker?.stop() ?? Promise.resolve();
    worker = undefined;
    return stopped;
  }

  return {
    ask(request) {
      if (isDisposed) return Promise.resolve({ kind: 'disposed' });
      return new Promise((resolve) => {
        waiting.push({ request, resolve });
        next();
      });
    },
    dispose() {
      isDisposed = true;
      const open = [...(current ? [current] : []), ...waiting.splice(0)];
      current = undefined;
      for (const job of open) job.resolve({ kind: 'disposed' });
      return stopThread();
    },
  };
}

type Job = { readonly request: ParserRequest; readonly resolve: (end: ThreadEnd) => void };

/** Why a text was not understood, in words that end a sentence. */
export function describeEnd(end: ThreadEnd): string {
  return isFailure(end) ? failures[end.kind] : failures.stopped;
}

function isFailure(end: ThreadEnd): end is ThreadFailure {
  return end.kind !== 'verdict' && end.kind !== 'preview' && end.kind !== 'condition';
}

const failures = {
  trap: 'it is too deeply nested or otherwise more than the parser can take',
  deadline: 'it takes too long to understand',
  stopped: 'the parser stopped',
  disposed: 'the parser was switched off',
} as const;

/** Unbundled, the worker is a TypeScript file like this one. */
function besideThisFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './parserWorker.ts' : './parserWorker.cjs', import.meta.url);
}
