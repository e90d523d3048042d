/** What others of the team did, as the team's log has it. Asked for when somebody wants to see it. */
import { readFile } from 'node:fs/promises';
import { logMemberOf, type LogTeam } from '../../../adapters/audit/delivery/logMember.ts';
import { fetchLog } from '../../../adapters/audit/fetchLog.ts';
import type { Clock } from '../../../app/ports.ts';
import type { ActivityEvent } from '../../../core/audit/activity.ts';
import { parseEvent } from '../../../core/audit/chain.ts';
import type { EndpointProfile } from '../../../core/audit/endpoints.ts';
import type { LogEntry } from '../../../protocol/audit.ts';

export type TeamRecordsPorts = {
  readonly clock: Clock;
  /** Endpoints of the settings. */
  readonly endpoints: () => readonly EndpointProfile[];
  readonly team: () => Promise<LogTeam>;
};

export interface TeamRecords {
  /** True when there is a log to ask. */
  isThere(): boolean;
  /** Events of others; or, in words, why there are none to see. Never rejects. */
  read(): Promise<readonly ActivityEvent[] | string>;
}

const patienceMs = 20_000;
const keepMs = 30_000;

export function createTeamRecords({ clock, endpoints, team }: TeamRecordsPorts): TeamRecords {
  let kept: { readonly until: number; readonly events: Promise<readonly ActivityEvent[] | string> } | undefined;
  const logs = (): readonly EndpointProfile[] => endpoints().filter(({ kind }) => kind === 'countersign');
  const fetchOthers = async (): Promise<readonly ActivityEvent[] | string> => {
    const [log] = logs();
    if (log?.url === undefined) return 'no endpoint of the kind “countersign” is set up.';
    try {
      const standing = await team();
      const [caller, self] = [await logMemberOf(standing), await standing.team.self()];
      if (caller === undefined || self === undefined) return 'no key on this machine belongs to a member of the team.';
      const ca = log.caFile === undefined ? {} : { ca: await readFile(log.caFile, 'utf8') };
      const fetched = await fetchLog({ url: new URL(log.url), now: () => clock.now(), caller, signal: AbortSignal.timeout(patienceMs), ...ca });
      return typeof fetched === 'string' ? fetched : fetched.entries.filter(({ member }) => member !== self.member.id).flatMap(toEvent);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  return {
    isThere: () => logs().length > 0,
    async read() {
      // Every record of this window makes the view look again; the log is not asked each time.
      if (!kept || clock.now() > kept.until) kept = { until: clock.now() + keepMs, events: fetchOthers() };
      return await kept.events;
    },
  };
}

function toEvent({ member, line }: LogEntry): readonly ActivityEvent[] {
  const event = parseEvent(line);
  if (!event) return [];
  const { stream, seq, hash, body } = event;
  return [{ place: { stream, seq, hash }, body, member }];
}
