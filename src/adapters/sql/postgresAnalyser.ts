/** Analyses PostgreSQL texts in a worker thread: bounded in length, time and memory, and never failing. */
import { Worker } from 'node:worker_threads';
import { formatBytes, maxScriptBytes } from '../../core/sql/bytes.ts';
import { unreadable } from '../../core/sql/postgres/classifyPostgres.ts';
import type { PreviewQuery } from '../../core/sql/postgres/previewQuery.ts';
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
  /** Queries for the rows a single INSERT, UPDATE or DELETE is about; `undefined` when there are none that surely are. Never rejects. */
  preview(text: string): Promise<PreviewQuery | undefined>;
  /** Ends the thread. Texts that wait come back as not understood. */
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
    if (!current) return;
    worker ??= startThread(workerFile, settle);
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

  function ask(request: ParserRequest): Promise<ThreadEnd> {
    if (isDisposed) return Promise.resolve({ kind: 'disposed' });
    return new Promise((resolve) => {
      waiting.push({ request, resolve });
      next();
    });
  }

  return {
    async analyse(text) {
      // Spares copying a text to the thread that it would refuse.
      if (text.length > maxScriptBytes) return unreadable(`the text is longer than ${formatBytes(maxScriptBytes)}`);
      const end = await ask({ kind: 'analyse', text });
      if (end.kind === 'verdict') return end.verdict;
      return unreadable(isFailure(end) ? failures[end.kind] : failures.stopped);
    },
    async preview(text) {
      const end = text.length > maxScriptBytes ? undefined : await ask({ kind: 'preview', text });
      return end?.kind === 'preview' ? end.preview : undefined;
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

type ThreadFailure = { readonly kind: 'trap' | 'deadline' | 'stopped' | 'disposed' };
type ThreadEnd = Exclude<ParserReply, { readonly kind: 'ready' | 'trap' }> | ThreadFailure;

function isFailure(end: ThreadEnd): end is ThreadFailure {
  return end.kind !== 'verdict' && end.kind !== 'preview';
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
    } else end(reply.kind === 'trap' ? { kind: 'trap' } : reply);
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
