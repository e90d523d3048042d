/** `countersign audit verify | tail | export`: the local records, checked and read without an editor. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { listStreams, readStream, type ReadStream } from '../../adapters/audit/spool/streams.ts';
import type { ChainedEvent } from '../../core/audit/chain.ts';
import { toOcsf } from '../../core/audit/ocsf.ts';
import { verifySpool } from '../../core/audit/verifySpool.ts';
import { stateFolder } from '../run/machine.ts';
import { readArguments, readChoice, UsageError } from '../usage.ts';
import { visible } from '../visible.ts';

const options = { folder: { type: 'string' }, format: { type: 'string' }, count: { type: 'string' } } as const;

/** @returns 0 when nothing is wrong, 1 when something is */
export async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`audit ${action ?? ''} takes no file; name the folder of the records with --folder.`);
  const folder = values.folder ?? path.join(stateFolder(), 'audit');
  if (!existsSync(folder)) throw new UsageError(`There are no records in ${folder}. Name their folder with --folder.`);
  switch (action) {
    case 'verify':
      return verify(await readAll(folder));
    case 'tail':
      return tail(await readAll(folder), readCount(values.count));
    case 'export':
      readChoice('format', values.format ?? 'ocsf', ['ocsf']);
      return exportOcsf(await readAll(folder));
    default:
      throw new UsageError('audit takes one of verify, tail, export.');
  }
}

async function readAll(folder: string): Promise<readonly ReadStream[]> {
  const streams = (await listStreams(folder)).toSorted();
  return await Promise.all(streams.map(async (stream) => await readStream(folder, stream)));
}

function verify(streams: readonly ReadStream[]): number {
  const findings = verifySpool(streams);
  for (const { stream, message, suspicious } of findings) process.stdout.write(`${suspicious ? 'WRONG' : 'note'}  stream ${visible(stream)}: ${visible(message)}\n`);
  const wrong = findings.filter(({ suspicious }) => suspicious).length;
  const events = streams.reduce((sum, stream) => sum + stream.events.length, 0);
  const counted = `${String(events)} events in ${String(streams.length)} streams`;
  process.stdout.write(wrong === 0 ? `✔ ${counted}: every chain is whole\n` : `✘ ${counted}: ${String(wrong)} things are wrong\n`);
  return wrong === 0 ? 0 : 1;
}

function tail(streams: readonly ReadStream[], count: number): number {
  const timed = streams.flatMap(timesOf).toSorted((a, b) => a.time - b.time);
  for (const { event } of timed.slice(-count)) process.stdout.write(`${JSON.stringify(event)}\n`);
  return 0;
}

/** A clock that is set back does not change the order within a stream. */
function timesOf({ events }: ReadStream): readonly { readonly event: ChainedEvent; readonly time: number }[] {
  let latest = 0;
  return events.map((event) => {
    latest = Math.max(latest, Number(event.body['time'] ?? 0));
    return { event, time: latest };
  });
}

function exportOcsf(streams: readonly ReadStream[]): number {
  for (const event of streams.flatMap((stream) => stream.events)) process.stdout.write(`${JSON.stringify(toOcsf(event, { version: '1' }))}\n`);
  return 0;
}

function readCount(text: string | undefined): number {
  if (text === undefined) return 20;
  if (!/^\d+$/u.test(text)) throw new UsageError('--count is a whole number.');
  return Number(text);
}
