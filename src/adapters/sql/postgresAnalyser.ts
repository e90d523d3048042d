/** Analyses PostgreSQL texts in a worker thread: bounded in length, time and memory, and never failing. */
import { Worker } from 'node:worker_threads';
import { formatBytes, maxScriptBytes } from '../../core/sql/bytes.ts';
import { unreadable } from '../../core/sql/postgres/classifyPostgres.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import type { ParserReply, ParserRequest } from './parserProtocol.ts';

export type PostgresAnalyserOptions = {
  /** The worker's entry; by default the one beside this file. */
  readonly workerFile?: URL;
  /** How long one text may take. */
  readonly deadlineMs?: number;
};

export type PostgresAnalyser = {
  /** Never rejects: what cannot be understood comes back as class `unknown` with `error`. */
  analyse(text: string): Promise<ScriptVerdict>;
  /** Ends the thread. Texts that wait come back as `unknown`. */
  dispose(): Promise<void>;
};

/** The thread starts with the first text, handles one at a time, and is replaced after anything but a clean answer. */
export function createPostgresAnalyser(options: PostgresAnalyserOptions = {}): PostgresAnalyser {
  const { workerFile = besideThisFile(), deadlineMs = 2000 } = options;
  const waiting: Job[] = [];
  let current: Job | undefined;
  let worker: ParserThread | undefined;
  let isDisposed = false;

  function next() {
    if (current || waiting.length === 0) return;
    current = waiting.shift();
    worker ??= startThread(workerFile, settle);
    worker.run({ kind: 'analyse', text: current?.text ?? '' }, deadlineMs);
  }

  function settle(end: ThreadEnd) {
    const job = current;
    current = undefined;
    if (end.kind !== 'verdict') void stopThread();
    job?.resolve(end.kind === 'verdict' ? end.verdict : unreadable(failures[end.kind]));
    if (waiting.length === 0) worker?.rest();
    next();
  }

  function stopThread(): Promise<void> {
    const stopped = worker?.stop() ?? Promise.resolve();
    worker = undefined;
    return stopped;
  }

  return {
    analyse(text) {
      if (isDisposed) return Promise.resolve(unreadable(failures.disposed));
      // Spares copying a text to the thread that it would refuse.
      if (text.length > maxScriptBytes) return Promise.resolve(unreadable(`the text is longer than ${formatBytes(maxScriptBytes)}`));
      return new Promise((resolve) => {
        waiting.push({ text, resolve });
        next();
      });
    },
    dispose() {
      isDisposed = true;
      const open = [...(current ? [current] : []), ...waiting.splice(0)];
      current = undefined;
      for (const job of open) job.resolve(unreadable(failures.disposed));
      return stopThread();
    },
  };
}

type Job = { readonly text: string; readonly resolve: (verdict: ScriptVerdict) => void };

type ThreadEnd = { readonly kind: 'verdict'; readonly verdict: ScriptVerdict } | { readonly kind: 'trap' | 'deadline' | 'stopped' };

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

type ParserThread = {
  run(request: ParserRequest, deadlineMs: number): void;
  /** Nothing to do: the thread alone does not keep the process alive. */
  rest(): void;
  stop(): Promise<void>;
};

/** Loading the grammar takes a fraction of a second; this is for a machine that is stuck. */
const loadingMs = 15_000;

/** `settle` is called once for each `run`. */
function startThread(workerFile: URL, settle: (end: ThreadEnd) => void): ParserThread {
  const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 };
  const worker = new Worker(workerFile, { name: 'countersign-parser', execArgv: [], resourceLimits });
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  let isRunning = false;
  let deadline = 0;

  function end(result: ThreadEnd) {
    clearTimeout(timer);
    if (!isRunning) return;
    isRunning = false;
    settle(result);
  }

  worker.on('message', (reply: ParserReply) => {
    if (reply.kind === 'ready') {
      isReady = true;
      // The text has been waiting in the thread's queue: its time begins now.
      watch(deadline);
    } else end(reply.kind === 'verdict' ? reply : { kind: 'trap' });
  });
  // Out of memory, a missing file: the thread is gone.
  worker.on('error', () => end({ kind: 'stopped' }));
  worker.on('exit', () => end({ kind: 'stopped' }));

  function watch(milliseconds: number) {
    clearTimeout(timer);
    if (isRunning) timer = setTimeout(() => end({ kind: 'deadline' }), milliseconds);
  }

  return {
    run(request, deadlineMs) {
      isRunning = true;
      deadline = deadlineMs;
      worker.ref();
      worker.postMessage(request);
      watch(isReady ? deadlineMs : loadingMs);
    },
    rest: () => worker.unref(),
    async stop() {
      isRunning = false;
      clearTimeout(timer);
      await worker.terminate();
    },
  };
}
