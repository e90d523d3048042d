/** One worker thread that reads one text at a time, within a deadline. */
import { Worker } from 'node:worker_threads';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { ParserReply, ParserRequest, ParserSetup } from './parserProtocol.ts';

/** Why there is no answer. */
export type ThreadFailure = { readonly kind: 'trap' | 'deadline' | 'stopped' | 'disposed' };
export type ThreadEnd = Exclude<ParserReply, { readonly kind: 'ready' | 'part' | 'trap' }> | ThreadFailure;

export type ParserThread = {
  run(request: ParserRequest, deadlineMs: number): void;
  /** Nothing to do: the thread alone does not keep the process alive. */
  rest(): void;
  stop(): Promise<void>;
};

/** Loading the grammar takes a fraction of a second; this is for a machine that is stuck. */
const loadingMs = 15_000;

/** So many times its deadline a text may wait for a processor that others keep busy. */
const patience = 5;

/** `settle` is called once for each `run`. */
export function startThread(workerFile: URL, setup: ParserSetup, settle: (end: ThreadEnd) => void): ParserThread {
  const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 };
  const worker = new Worker(workerFile, { name: 'countersign-parser', execArgv: [], workerData: setup, resourceLimits });
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  let isRunning = false;
  let deadline = 0;
  let statements: ClassifiedStatement[] = [];

  function end(result: ThreadEnd) {
    clearTimeout(timer);
    if (!isRunning) return;
    isRunning = false;
    settle(result);
  }

  worker.on('message', (reply: ParserReply) => {
    switch (reply.kind) {
      case 'ready':
        isReady = true;
        // The text has been waiting in the thread's queue: its time begins now.
        watch(deadline);
        break;
      case 'part':
        statements.push(...reply.statements);
        watch(deadline);
        // In a turn of its own, so that others get theirs.
        setImmediate(() => worker.postMessage({ kind: 'more' } satisfies ParserRequest));
        break;
      case 'verdict':
        statements.push(...reply.verdict.statements);
        end({ kind: 'verdict', verdict: { ...reply.verdict, statements } });
        break;
      case 'preview':
      case 'condition':
        end(reply);
        break;
      case 'trap':
        end({ kind: 'trap' });
    }
  });
  // Out of memory, a missing file: the thread is gone.
  worker.on('error', () => end({ kind: 'stopped' }));
  worker.on('exit', () => end({ kind: 'stopped' }));

  function watch(milliseconds: number) {
    clearTimeout(timer);
    const before = process.cpuUsage();
    const wait = (rounds: number) => {
      if (!isRunning) return;
      timer = setTimeout(() => {
        // A slow machine must not refuse a text that it did not get round to reading: only time spent computing counts.
        if (rounds > 1 && busyMs(before) < milliseconds) wait(rounds - 1);
        else end({ kind: 'deadline' });
      }, milliseconds);
    };
    wait(isReady ? patience : 1);
  }

  return {
    run(request, deadlineMs) {
      isRunning = true;
      statements = [];
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

/** Of all threads together: at least what this one used. */
function busyMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
