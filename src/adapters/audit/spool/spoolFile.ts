/**
 * One file that only grows, of which every byte is on disk before anybody goes on.
 *
 * Between two appends it is made sure that the file is still the one that was written last: it may have been deleted,
 * replaced, cut or written to by somebody else, and then nothing may be appended as if nothing had happened.
 */
import { constants } from 'node:fs';
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

export type SpoolProblem = 'deleted' | 'replaced' | 'changed' | 'write-failed';

/** Why an append did not become durable. Nothing of it stays in the file. */
export class SpoolError extends Error {
  readonly problem: SpoolProblem;
  constructor(problem: SpoolProblem, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SpoolError';
    this.problem = problem;
  }
}

/** What a disk can do; tests bring one that fails. */
export type Disk = Pick<FileHandle, 'appendFile' | 'datasync' | 'truncate'>;
export type WrapDisk = (handle: FileHandle) => Disk;

export interface SpoolFile {
  readonly size: number;
  /** Durable when it resolves; rejects with a `SpoolError`. Calls must not overlap. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;

/** Creates the file; it must not be there yet. */
export async function createSpoolFile(file: string, wrap: WrapDisk = (handle) => handle): Promise<SpoolFile> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, O_APPEND | O_WRONLY | O_CREAT | O_EXCL, 0o600);
  await syncFolder(path.dirname(file));
  return new GrowingFile(file, handle, wrap(handle));
}

class GrowingFile implements SpoolFile {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #disk: Disk;
  #size = 0;
  /** True while bytes of a failed append may still be in the file. */
  #dirty = false;

  constructor(file: string, handle: FileHandle, disk: Disk) {
    this.#file = file;
    this.#handle = handle;
    this.#disk = disk;
  }

  get size(): number {
    return this.#size;
  }

  async append(text: string): Promise<void> {
    if (this.#dirty) await this.#cleanUp();
    await this.#assertUntouched();
    this.#dirty = true;
    try {
      await this.#disk.appendFile(text);
      await this.#disk.datasync();
    } catch (cause) {
      // Best now, or else before the next append: it was never acknowledged.
      await this.#cleanUp().catch(() => undefined);
      throw new SpoolError('write-failed', `${this.#file} could not be written (${messageOf(cause)}).`, { cause });
    }
    this.#size += Buffer.byteLength(text);
    this.#dirty = false;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #cleanUp(): Promise<void> {
    try {
      await this.#disk.truncate(this.#size);
      await this.#disk.datasync();
      this.#dirty = false;
    } catch (cause) {
      throw new SpoolError('write-failed', `${this.#file} could not be written (${messageOf(cause)}).`, { cause });
    }
  }

  async #assertUntouched(): Promise<void> {
    const own = await this.#handle.stat();
    const there = await stat(this.#file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new SpoolError('deleted', `${this.#file} was deleted while it was in use.`);
      throw error;
    });
    if (own.ino !== there.ino || own.dev !== there.dev) throw new SpoolError('replaced', `${this.#file} was replaced while it was in use.`);
    if (own.size !== this.#size) throw new SpoolError('changed', `${this.#file} was changed by something else: it has ${String(own.size)} bytes instead of ${String(this.#size)}.`);
  }
}

/** A new name is durable only once its folder is. */
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
