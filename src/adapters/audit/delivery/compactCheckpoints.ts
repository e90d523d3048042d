/**
 * Keeps the file of a log's checkpoints from growing for ever. A newer checkpoint stands for those before it, since each was proven to
 * contain the one it followed on; what a receipt that is still here goes on from has to stay, and so does whatever the log did not
 * sign: somebody may have put it there.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Crypto } from '../../../core/approval/crypto.ts';
import { openCheckpoint, type LogKey } from '../../../core/audit/checkpoint.ts';
import { splitNotes } from '../../../core/audit/checkpointNote.ts';
import { parseReceiptLines } from '../../../core/audit/verifyReceipts.ts';
import { writeOver } from '../../confirmation/durableFiles.ts';
import { listStreams } from '../spool/streams.ts';

export type Compacting = {
  readonly crypto: Pick<Crypto, 'sha256' | 'verify'>;
  readonly log: LogKey;
  /** The file of checkpoints. */
  readonly file: string;
  /** The spool's. */
  readonly folder: string;
  /** Name of the files with receipts, in the folder of each stream. */
  readonly receipts: string;
};

/** The newest ones stay in any case: others may have kept one of them. */
const mostKept = 500;

/** Another window may append to the old file in this moment: its receipt has the same checkpoint in it. */
export async function compactCheckpoints({ crypto, log, file, folder, receipts }: Compacting): Promise<void> {
  const notes = splitNotes(await readFile(file, 'utf8'));
  const needed = new Set<number>();
  for (const stream of await listStreams(folder)) {
    const text = await readFile(path.join(folder, stream, receipts), 'utf8').catch(() => '');
    for (const since of parseReceiptLines(text, sinceOf)) needed.add(since);
  }
  const kept: string[] = [];
  /** Of one size the log may have signed two: then both stay. */
  const texts = new Set<string>();
  for (const [index, note] of notes.entries()) {
    const opened = index < notes.length - mostKept ? await openCheckpoint(crypto, log, note) : undefined;
    const [text = ''] = note.split('\n\n');
    if (opened?.kind === 'signed' && (texts.has(text) || !needed.has(opened.checkpoint.size))) continue;
    kept.push(note);
    if (opened?.kind === 'signed') texts.add(text);
  }
  await writeOver(file, kept.map((note) => `${note}\n`).join(''));
}

function sinceOf(value: unknown): number | undefined {
  const { since } = (value ?? {}) as { readonly since?: unknown };
  return typeof since === 'number' ? since : undefined;
}
