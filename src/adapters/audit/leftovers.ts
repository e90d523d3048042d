/** Reads the spool for commits of programs that are gone, whose end nobody recorded. */
import path from 'node:path';
import { findLeftovers, type Leftover } from '../../core/audit/leftovers.ts';
import { hasLivingOwner } from './spool/owner.ts';
import { listStreams, readStream } from './spool/streams.ts';

/** Enough to hold whatever a crash can have left; older streams were looked at by the programs before. */
const newest = 200;

/** Never rejects: what cannot be read now is read by the next program. */
export async function readLeftovers(folder: string): Promise<readonly Leftover[]> {
  try {
    const streams = (await listStreams(folder)).toSorted().slice(-newest);
    const read = await Promise.all(streams.map(async (stream) => ({ living: await hasLivingOwner(path.join(folder, stream)), ...(await readStream(folder, stream)) })));
    // What a living program announced it may still bring to its end; what it settled counts.
    const bodies = read.flatMap(({ living, events }) => events.map(({ body }) => body).filter(({ kind }) => !living || kind === 'settled'));
    return findLeftovers(bodies);
  } catch {
    // Not readable now.
    return [];
  }
}
