/** Messages between the extension host and the review panel. The host owns every decision; the page only shows and asks. */
import type { Column, DefinitionEffect, HeldLock, Row, RowChange, TableEffect } from '../core/effect/preview.ts';
import type { Environment } from '../core/profile/connection.ts';
import type { ClippedCell } from './clip.ts';
import { isIndex, isRecord } from './parse.ts';
import { parsePeerToHost, type AloneModel, type AwaitingModel, type DriftRow, type PeerModel, type PeerToHost } from './peerReview.ts';

/** Everything the panel shows, computed in the host. Values are data: the page puts them in text nodes only. */
export type ReviewModel = {
  /** Tells the changes shown in one panel apart: a commit names the one it is meant for. */
  readonly review: number;
  readonly environment: Environment;
  readonly connection: string;
  /** `app_rw@db-1:5432/shop` */
  readonly where: string;
  /** One sentence: what the change does. */
  readonly title: string;
  readonly subtitle: string;
  readonly statements: readonly { readonly text: string; readonly commandTag: string; readonly rows: number; /** Its own share, where there are several. */ readonly effects?: readonly TableEffect[] }[];
  readonly risks: readonly { readonly level: 'high' | 'medium' | 'ok'; readonly text: string }[];
  readonly effects: readonly TableEffect[];
  /** Rows that changed in tables not listed: triggers wrote them. */
  readonly unlisted?: number;
  /** What definitions changed beyond rows. */
  readonly definition?: DefinitionEffect;
  /** Locks that others may wait for, strongest first. */
  readonly locks?: readonly HeldLock[];
  /** Facts in words: what cannot be rolled back, locks held, notices. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  /** What could be done instead, which can be taken back; absent where there is no such thing. */
  readonly instead?: { readonly label: string; readonly notes: readonly string[] };
  /** What has to be typed before Commit works; absent when a click is enough. */
  readonly phrase?: string;
  /**
   * Absent: the change is open and counts down. `rehearsed`: it ran and was rolled back at once, and runs again after consent.
   * `not-run`: it cannot be shown beforehand, and is final once it runs. Both wait as long as it takes.
   */
  readonly basis?: 'rehearsed' | 'not-run';
  /** Another person has to confirm it: there is no Commit, only asking. Who can be asked comes with `peer`. */
  readonly needsPeer?: boolean;
  /** When the server will roll back, epoch ms, and how long the whole hold is; both 0 when nothing is open. */
  readonly expiresAt: number;
  readonly holdMs: number;
  /**
   * The host's clock when this was sent, epoch ms. In a remote window the page runs on another machine, whose clock may differ;
   * with this the countdown is right on both.
   */
  readonly now?: number;
};

/** Rows of one table; the page pulls them by window, so 100 000 rows cost as much as 10. */
export type ReviewTable = {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly key: readonly number[];
  readonly total: number;
  /** Positions of the columns that at least one update changed; with it the page can show only those and the key. */
  readonly changed?: readonly number[];
  /** Positions of the columns whose values the page gets as masks; absent when there are none. */
  readonly masked?: readonly number[];
  /** Of the rows that can be pulled. */
  readonly counts: { readonly inserted: number; readonly updated: number; readonly deleted: number };
  /** Distinct rows that differ, also those that cannot be pulled; absent when it is not known. */
  readonly totals?: { readonly inserted: number; readonly updated: number; readonly deleted: number };
  readonly incomplete?: string;
};

/** Rows of one kind only; absent: all of them, in their own order. */
export type KindFilter = RowChange['kind'];

/** A value of a change of which the page has only the beginning. */
export type ClippedValue = ClippedCell & { readonly side: 'before' | 'after' };

/**
 * One changed row. `clipped` lists the values that were cut (see `clip.ts`). `changed` lists the columns an update changed; the host
 * compares whole values, so it must be set when a value of the row was cut, and may be left out otherwise.
 */
export type ReviewRow = { readonly clipped?: readonly ClippedValue[] } & (
  | { readonly kind: 'inserted'; readonly after: Row }
  | { readonly kind: 'deleted'; readonly before: Row }
  | { readonly kind: 'updated'; readonly before: Row; readonly after: Row; readonly changed?: readonly number[] }
);

/** How it ended, in words. `kind` picks the colour; the text says it all without it. */
export type ReviewEnd = {
  readonly kind: 'committed' | 'rolled-back' | 'not-run' | 'failed' | 'in-doubt' | 'refused' | 'rejected' | 'expired' | 'cancelled' | 'drifted';
  readonly title: string;
  readonly text: string;
  /** What was approved and what would happen now. */
  readonly drift?: readonly DriftRow[];
  /** The same row by row, a sentence each. */
  readonly differences?: readonly string[];
  /** The request that can be asked again. */
  readonly askAgain?: string;
  /** The run that can be taken back. */
  readonly undo?: string;
};

export type ReviewToPage =
  | { readonly type: 'model'; readonly model: ReviewModel }
  | { readonly type: 'tables'; readonly tables: readonly ReviewTable[] }
  | { readonly type: 'rows'; readonly table: number; readonly start: number; readonly rows: readonly ReviewRow[]; /** As it was pulled. */ readonly kind?: KindFilter }
  /** One short line beside the countdown, e.g. who waits for the locks of this change; empty text takes it away. */
  | { readonly type: 'locks'; readonly text: string }
  /** Whether there is a way back, in words; known a moment after the rows. */
  | { readonly type: 'undo'; readonly text: string; readonly exists: boolean }
  /** A commit attempt that did not meet the obligations. The change is still open. */
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'committing' }
  /** Who else has to confirm, known a moment after the change is shown. */
  | { readonly type: 'peer'; readonly peer: PeerModel }
  | { readonly type: 'alone'; readonly alone: AloneModel }
  /** The request was asked; comes again whenever something happened to it. */
  | { readonly type: 'awaiting'; readonly awaiting: AwaitingModel }
  | { readonly type: 'end'; readonly end: ReviewEnd };

export type ReviewToHost =
  | PeerToHost
  | { readonly type: 'ready' }
  | { readonly type: 'pull'; readonly table: number; readonly start: number; readonly count: number; readonly kind?: KindFilter }
  | { readonly type: 'commit'; /** `ReviewModel.review` of what was on screen. */ readonly review: number; readonly typed: string }
  | { readonly type: 'rollback' }
  /** Roll back, and preview what could be done instead. */
  | { readonly type: 'instead' }
  /** Take back what was committed: that is shown and decided about like any other change. */
  | { readonly type: 'undo'; readonly run: string }
  /** Show a whole value in an editor tab. */
  | { readonly type: 'open-value'; readonly table: number; readonly row: number; readonly column: number; readonly side: 'before' | 'after'; /** `row` counts the rows of this kind. */ readonly kind?: KindFilter }
  /** Show what is masked in these columns of a table: the host asks why, and records it first. */
  | { readonly type: 'reveal'; readonly table: number; readonly columns: readonly number[] }
  /** `rows`: how many are in the text; none, when it is a statement's. */
  | { readonly type: 'copy'; readonly text: string; readonly rows: number };

/** A message of the page, or `undefined` when it is none: the page is not trusted to keep the shape. */
export function parseReviewToHost(value: unknown): ReviewToHost | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'rollback':
      return { type: 'rollback' };
    case 'instead':
      return { type: 'instead' };
    case 'undo':
      return typeof value['run'] === 'string' && value['run'].length <= 100 ? { type: 'undo', run: value['run'] } : undefined;
    case 'commit':
      return parseCommit(value);
    case 'copy':
      return typeof value['text'] === 'string' && isIndex(value['rows']) ? { type: 'copy', text: value['text'], rows: value['rows'] } : undefined;
    case 'pull':
      return parsePull(value);
    case 'open-value':
      return parseOpenValue(value);
    case 'reveal':
      return parseReveal(value);
    default:
      return parsePeerToHost(value);
  }
}

function parseCommit({ review, typed }: Record<string, unknown>): ReviewToHost | undefined {
  return isIndex(review) && typeof typed === 'string' ? { type: 'commit', review, typed } : undefined;
}

function parsePull(value: Record<string, unknown>): ReviewToHost | undefined {
  const { table, start, count } = value;
  const kind = parseKind(value['kind']);
  if (!isIndex(table) || !isIndex(start) || !isIndex(count) || kind === 'none') return undefined;
  return { type: 'pull', table, start, count, ...(kind === 'any' ? {} : { kind }) };
}

function parseOpenValue(value: Record<string, unknown>): ReviewToHost | undefined {
  const { table, row, column, side } = value;
  const kind = parseKind(value['kind']);
  if (!isIndex(table) || !isIndex(row) || !isIndex(column) || kind === 'none') return undefined;
  return side === 'before' || side === 'after' ? { type: 'open-value', table, row, column, side, ...(kind === 'any' ? {} : { kind }) } : undefined;
}

function parseReveal({ table, columns }: Record<string, unknown>): ReviewToHost | undefined {
  return isIndex(table) && Array.isArray(columns) && columns.length > 0 && columns.every(isIndex) ? { type: 'reveal', table, columns } : undefined;
}

function parseKind(value: unknown): KindFilter | 'any' | 'none' {
  if (value === undefined) return 'any';
  return value === 'inserted' || value === 'updated' || value === 'deleted' ? value : 'none';
}
