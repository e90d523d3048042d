/** `countersign audit tail`: the newest events, and with --follow those that come. */
import { readdir, stat } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadStream } from '../../adapters/audit/spool/streams.ts';
import type { ChainedEvent } from '../../core/audit/chain.ts';
import { readSpool } from './sources.ts';

const askMs = 300;

export function printNewest(streams: readonly ReadStream[], count: number): void {
  const timed = streams.flatMap(timesOf).toSorted((a, b) => a.time - b.time);
  for (const { event } of count === 0 ? [] : timed.slice(-count)) print(event);
}

/** A clock that is set back does not change the order within a stream. */
function timesOf({ events }: ReadStream): readonly { readonly event: ChainedEvent; readonly time: number }[] {
  let latest = 0;
  return events.map((event) => {
    latest = Math.max(latest, Number(event.body['time'] ?? 0));
    return { event, time: latest };
  });
}

/** Until it is told to stop. */
export async function followNew(folder: string, printed: readonly ReadStream[]): Promise<void> {
  const stopping = new AbortController();
  void Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => stopping.abort());
  const seen = new Map(printed.map(({ stream, head }) => [stream, head.seq]));
  let marks = '';
  while (!stopping.signal.aborted) {
    await pause(askMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    const now = await changesOf(folder, [...seen.keys()]);
    if (now === marks) continue;
    marks = now;
    for (const { stream, events, head } of await readSpool(folder)) {
      for (const event of events) if (event.seq > (seen.get(stream) ?? 0)) print(event);
      seen.set(stream, Math.max(head.seq, seen.get(stream) ?? 0));
    }
  }
}

/** Another text whenever a stream began or a file was made or grew. */
async function changesOf(folder: string, streams: readonly string[]): Promise<string> {
  const { mtimeMs } = await stat(folder);
  const files = await Promise.all(streams.map(async (stream) => await newestFile(path.join(folder, stream))));
  return [mtimeMs, ...files].join(' ');
}

async function newestFile(folder: string): Promise<string> {
  const last = (await readdir(folder).catch(() => [])).filter((name) => /^\d+\.jsonl$/u.test(name)).toSorted().at(-1);
  if (last === undefined) return '';
  return `${last} ${String((await stat(path.join(folder, last)).catch(() => undefined))?.size)}`;
}

function print(event: ChainedEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
