/**
 * The local journal: one JSON line for each record, on disk before anybody goes on.
 *
 * Several windows may append to one file. A line that was cut off by a crash stays alone on its line, so that every
 * record after it can still be read.
 */
import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, IntentReceipt, Journal } from '../../app/ports.ts';
import type { AuditRecord } from '../../core/audit/record.ts';
import { AppError, toFailure } from '../../core/errors.ts';

export type JournalOptions = {
  /** Absolute path. Its folder is made when it is missing. */
  readonly file: string;
  readonly clock: Clock;
  /** A new id for each record. */
  readonly newId: () => string;
  /** An outcome could not be written yet. Called once until writing works again. */
  readonly onTrouble?: (message: string) => void;
};

export interface FileJournal extends Journal {
  /** Tries once more what is still unwritten. Never rejects. */
  flush(): Promise<void>;
}

const format = 1;
const retryMs = [1000, 5000, 15_000, 60_000];

export function createJournal({ file, clock, newId, onTrouble }: JournalOptions): FileJournal {
  /** Appends follow each other, so that lines stay in the order in which they were asked for. */
  let queue: Promise<unknown> = Promise.resolve();
  const unwritten: string[] = [];
  let stopTimer: (() => void) | undefined;
  let failures = 0;
  let retrying: Promise<void> | undefined;

  const append = async (line: string): Promise<void> => {
    const turn = queue.then(async () => await appendLine(file, line));
    // A failed append must not stop the ones behind it.
    queue = turn.catch(() => undefined);
    await turn;
  };

  /** At most one at a time, or two of them would write one record twice and drop another. */
  const retry = async (): Promise<void> => {
    retrying ??= writeUnwritten().finally(() => (retrying = undefined));
    await retrying;
  };

  const writeUnwritten = async (): Promise<void> => {
    stopTimer?.();
    stopTimer = undefined;
    for (let line = unwritten[0]; line !== undefined; line = unwritten[0]) {
      try {
        await append(line);
      } catch (thrown) {
        postpone(thrown);
        return;
      }
      unwritten.shift();
    }
    failures = 0;
  };

  const postpone = (thrown: unknown): void => {
    if (failures === 0) onTrouble?.(troubleText(file, thrown));
    const delay = retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;
    failures += 1;
    stopTimer?.();
    stopTimer = clock.after(delay, () => void retry());
  };

  return {
    async intent(record) {
      const id = newId();
      try {
        await append(lineOf(id, record));
      } catch (thrown) {
        throw new AppError({ code: 'audit', message: refusalText(file, thrown) }, { cause: thrown });
      }
      return { id } as IntentReceipt;
    },
    async outcome(record) {
      const line = lineOf(newId(), record);
      // What waits already goes first.
      if (unwritten.length > 0) {
        unwritten.push(line);
        return;
      }
      try {
        await append(line);
      } catch (thrown) {
        unwritten.push(line);
        postpone(thrown);
      }
    },
    flush: retry,
  };
}

function lineOf(id: string, record: AuditRecord): string {
  return `${JSON.stringify({ v: format, id, ...record })}\n`;
}

/** Durable when it resolves. Opened anew each time: a file that was moved away must not swallow records. */
async function appendLine(file: string, line: string): Promise<void> {
  const handle = await openForAppend(file);
  try {
    const cutOff = await endsInsideLine(handle);
    await handle.appendFile(cutOff ? `\n${line}` : line);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

const { O_APPEND, O_CREAT, O_RDWR } = constants;

async function openForAppend(file: string): Promise<FileHandle> {
  try {
    return await open(file, O_APPEND | O_RDWR);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, O_APPEND | O_RDWR | O_CREAT, 0o600);
  await syncFolder(path.dirname(file));
  return handle;
}

/** A new file is durable only once its name is. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows cannot open folders, and makes names durable by itself.
  }
}

const newline = 10;

async function endsInsideLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read({ buffer: new Uint8Array(1), position: size - 1 });
  return buffer[0] !== newline;
}

function refusalText(file: string, thrown: unknown): string {
  return `Nothing was committed: the intent could not be recorded in ${file} (${toFailure(thrown).message}). Make room or fix the permissions, then run again.`;
}

function troubleText(file: string, thrown: unknown): string {
  return `What happened to the data could not be recorded in ${file} yet (${toFailure(thrown).message}). It is kept and tried again; make room or fix the permissions before you close this window.`;
}
