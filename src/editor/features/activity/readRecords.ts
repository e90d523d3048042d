/** The local records, read again only where something was added. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { listStreams, readStream, type ReadStream } from '../../../adapters/audit/spool/streams.ts';
import type { ActivityEvent } from '../../../core/audit/activity.ts';

/** Enough to go back some weeks; older records are read with the command line. */
const newestStreams = 200;

export interface RecordsReader {
  read(): Promise<readonly ActivityEvent[]>;
  /** Of a stream that was read. */
  stream(name: string): ReadStream | undefined;
}

type Kept = { readonly print: string; readonly read: ReadStream };

export function createRecordsReader(folder: string): RecordsReader {
  let kept = new Map<string, Kept>();

  const readOnce = async (stream: string): Promise<readonly [string, Kept]> => {
    const print = await fingerprint(path.join(folder, stream));
    const former = kept.get(stream);
    return [stream, former?.print === print ? former : { print, read: await readStream(folder, stream) }];
  };

  return {
    async read() {
      const streams = (await listStreams(folder)).toSorted().slice(-newestStreams);
      kept = new Map(await Promise.all(streams.map(readOnce)));
      return [...kept.values()].flatMap(({ read }) => read.events.map(({ stream, seq, hash, body }) => ({ place: { stream, seq, hash }, body })));
    },
    stream: (name) => kept.get(name)?.read,
  };
}

/** Files only grow, or go. */
async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return names.map((name, index) => `${name} ${String(sizes[index])}`).join();
}
