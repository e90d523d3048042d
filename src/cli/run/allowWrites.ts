/** A connection that is read-only until somebody says why it should not be: the same lease as in the editor, for one run. */
import { randomUUID } from 'node:crypto';
import { currentActor } from '../../adapters/actor.ts';
import { createLeases } from '../../app/elevate.ts';
import type { Clock, Journal } from '../../app/ports.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { visible } from '../visible.ts';
import type { Terminal } from './terminal.ts';

const minutes = 5;

/** Asks for a reason and records it. Returns what ends the permission; `undefined` when no reason was given, or it could not be recorded. */
export async function allowWrites(profile: ConnectionProfile, { terminal, clock, journal }: { terminal: Terminal; clock: Clock; journal: Journal }): Promise<(() => void) | undefined> {
  const reason = await terminal.ask(`${visible(profile.name)} is read-only. Reason for writing to it now (recorded; nothing stops here): `);
  if (reason.trim() === '') return undefined;
  const leases = createLeases({ clock, journal, actor: currentActor(), newRun: randomUUID, changed: () => undefined });
  const start = await leases.start({ profile, access: 'readOnly', reason, minutes, maxMinutes: minutes });
  if (start.kind === 'started') return () => leases.end(profile.id, 'window-closed');
  process.stderr.write(`${start.message}\n`);
  return undefined;
}
