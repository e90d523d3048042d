/** Reads from the spool what became of runs of this machine, whichever program made them. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseEvent } from '../../core/audit/chain.ts';
import { fateOf, type ProgramRecords, type RunFate } from '../../core/audit/runFate.ts';
import { hasLivingOwner } from './spool/owner.ts';
import { filesOf, listStreams, readStream } from './spool/streams.ts';

/** Never rejects: what cannot be read now is in doubt. */
export async function readRunFates(folder: string, runs: readonly string[]): Promise<ReadonlyMap<string, RunFate>> {
  const programs = await Promise.all((await listStreams(folder).catch(() => [])).map(async (stream): Promise<ProgramRecords> => {
    const living = await hasLivingOwner(path.join(folder, stream)).catch(() => true);
    const { events } = await readStream(folder, stream).catch(() => ({ events: [] }));
    return { living, bodies: events.map(({ body }) => body) };
  }));
  return new Map(runs.map((run) => [run, fateOf(run, programs)]));
}

/** Clocks of file systems are coarse, and may be set. */
const marginMs = 24 * 60 * 60_000;

/**
 * Whether COMMIT was announced for a run, by any program of this machine. Looks only at what was written since; a chain that does not
 * hold says it too. Rejects when something cannot be read.
 */
export async function wasAnnounced(folder: string, run: string, since: number): Promise<boolean> {
  for (const stream of await listStreams(folder)) {
    for (const name of await filesOf(path.join(folder, stream))) {
      const file = path.join(folder, stream, name);
      if ((await stat(file)).mtimeMs < since - marginMs) continue;
      if ((await readFile(file, 'utf8')).split('\n').some((line) => line.includes(run) && isAnnouncement(line, run))) return true;
    }
  }
  return false;
}

function isAnnouncement(line: string, run: string): boolean {
  const { kind, run: named } = parseEvent(line)?.body ?? {};
  return kind === 'commit-intent' && named === run;
}
