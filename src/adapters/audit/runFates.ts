/** Reads from the spool what became of runs of this machine, whichever program made them. */
import path from 'node:path';
import { fateOf, type ProgramRecords, type RunFate } from '../../core/audit/runFate.ts';
import { hasLivingOwner } from './spool/owner.ts';
import { listStreams, readStream } from './spool/streams.ts';

/** Never rejects: what cannot be read now is in doubt. */
export async function readRunFates(folder: string, runs: readonly string[]): Promise<ReadonlyMap<string, RunFate>> {
  const programs = await Promise.all((await listStreams(folder).catch(() => [])).map(async (stream): Promise<ProgramRecords> => {
    const living = await hasLivingOwner(path.join(folder, stream)).catch(() => true);
    const { events } = await readStream(folder, stream).catch(() => ({ events: [] }));
    return { living, bodies: events.map(({ body }) => body) };
  }));
  return new Map(runs.map((run) => [run, fateOf(run, programs)]));
}
