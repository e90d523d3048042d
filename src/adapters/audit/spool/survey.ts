/** What is in a spool: its files, oldest first, and how far every endpoint has them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ChainHead } from '../../../core/audit/chain.ts';
import { createCursor } from '../delivery/cursor.ts';
import { hasLivingOwner } from './owner.ts';
import { filesOf, firstOf, lastOf, listStreams } from './streams.ts';

export type SurveyedFile = {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** When it was written to last. */
  readonly changedAt: number;
  /** Its last event; `undefined` when it holds none. */
  readonly head: ChainHead | undefined;
  /** Every endpoint has all of it. */
  readonly isDelivered: boolean;
};

export type SurveyedStream = {
  readonly stream: string;
  /** Absolute path. */
  readonly folder: string;
  /** Somebody may still append to its last file. */
  readonly isLiving: boolean;
  readonly files: readonly SurveyedFile[];
};

/** @param endpoints - names of those that keep records; with none, nothing counts as delivered */
export async function surveySpool(folder: string, endpoints: readonly string[]): Promise<readonly SurveyedStream[]> {
  const surveyed: SurveyedStream[] = [];
  // One after the other: there may be thousands, and each opens files.
  for (const stream of (await listStreams(folder)).toSorted()) surveyed.push(await surveyStream(folder, stream, endpoints));
  return surveyed;
}

async function surveyStream(spool: string, stream: string, endpoints: readonly string[]): Promise<SurveyedStream> {
  const folder = path.join(spool, stream);
  const cursors = await Promise.all(endpoints.map(async (name) => await createCursor(spool, stream, name).read()));
  const delivered = cursors.length === 0 ? 0 : Math.min(...cursors);
  const names = await filesOf(folder);
  const files = await Promise.all(names.map(async (name, index) => await surveyFile(path.join(folder, name), { next: names[index + 1], delivered })));
  return { stream, folder, isLiving: await hasLivingOwner(folder), files };
}

async function surveyFile(file: string, { next, delivered }: { readonly next: string | undefined; readonly delivered: number }): Promise<SurveyedFile> {
  const { size: bytes, mtimeMs: changedAt } = await stat(file);
  // The name of the next file says where this one ends; only what may go is read.
  const mayGo = next === undefined ? delivered > 0 : firstOf(next) - 1 <= delivered;
  const head = mayGo ? lastOf(await readFile(file, 'utf8')) : undefined;
  return { file, bytes, changedAt, head, isDelivered: head !== undefined && head.seq <= delivered };
}

/** Nothing is left in a stream's folder but what belongs to its delivery. */
export async function isEmptied(folder: string): Promise<boolean> {
  return (await readdir(folder)).every((name) => !name.endsWith('.jsonl'));
}
