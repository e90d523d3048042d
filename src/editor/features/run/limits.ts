/** The bounds of a run, from the settings. A value that makes no sense falls back to the default. */
import { workspace } from 'vscode';
import type { RunRequest } from '../../../app/run.ts';

/** Kept in memory for one result. */
const byteLimit = 64 * 1024 * 1024;

/** For how many days a way back is kept; zero keeps none. */
export function undoDays(): number {
  const value = workspace.getConfiguration('countersign').get<unknown>('undo.retentionDays');
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(Math.round(value), 0), 365) : 7;
}

export function currentLimits(): RunRequest['limits'] {
  const settings = workspace.getConfiguration('countersign');
  const number = (key: string, fallback: number, least: number, most: number): number => {
    const value = settings.get<unknown>(key);
    return typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(Math.round(value), least), most) : fallback;
  };
  const scratchSchema = settings.get<unknown>('preview.scratchSchema');
  return {
    ...(typeof scratchSchema === 'string' && scratchSchema.trim() !== '' ? { scratchSchema: scratchSchema.trim() } : {}),
    holdMs: number('preview.holdSeconds', 120, 10, 900) * 1000,
    maxRows: number('preview.maxRows', 500, 0, 100_000),
    maxTableBytes: number('preview.maxTableMegabytes', 5120, 1, 1_048_576) * 1024 ** 2,
    lockTimeoutMs: number('preview.lockTimeoutMs', 2000, 100, 60_000),
    ...cap('maxExpectedRows', number('production.askAboveRows', 100_000, 0, 1_000_000_000)),
    ...cap('giveWayAfterMs', number('production.giveWayAfterSeconds', 3, 0, 900) * 1000),
    statementTimeoutMs: number('preview.statementTimeoutMs', 30_000, 100, 600_000),
    maxUndoRows: number('undo.maxRows', 10_000, 0, 50_000),
    maxUnaskedUndoRows: number('undo.maxRowsUnprotected', 100, 0, 50_000),
    rowLimit: number('results.rowLimit', 500, 1, 1_000_000),
    byteLimit,
  };
}

/** 0 switches it off. */
function cap<Name extends 'maxExpectedRows' | 'giveWayAfterMs'>(name: Name, value: number): Partial<Record<Name, number>> {
  return value > 0 ? ({ [name]: value } as Record<Name, number>) : {};
}
