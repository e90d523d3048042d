/** What is wrong with a team file that cannot be understood, for whoever wrote it by hand. Pure. */
import type { Bytes } from './bytes.ts';
import { faultIn } from './guards.ts';
import type { Fault } from './guards.ts';
import { parseJsonc } from './jsonc.ts';
import { isTeamBody } from './team.ts';
import type { TeamBody } from './team.ts';

/** One clause; `undefined` where nothing stands out. */
export function describeTeamFault(bytes: Bytes): string | undefined {
  const read = parseJsonc(bytes);
  if (read === undefined) return 'it is not JSON (a comma or a bracket may be missing, or a name stand there twice)';
  const fault = faultIn(isTeamBody, read.value);
  if (fault !== undefined) return describeFault(fault);
  return isTeamBody(read.value) ? inconsistency(read.value) : undefined;
}

function describeFault({ at, why }: Fault): string {
  const place = at.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`)).join('').replace(/^\./u, '');
  if (place === '') return 'it is no object';
  return `${place} ${{ missing: 'is missing', unknown: 'is not known here', wrong: 'is not what can stand there' }[why]}`;
}

function inconsistency({ members, admins, version, prev, issued, expires }: TeamBody): string | undefined {
  const ids = members.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return `two members have the id “${twice}”`;
  if (new Set(admins.keyids).size !== admins.keyids.length) return 'a key stands twice in admins.keyids';
  if ((version === 1) !== (prev === null)) return 'prev is null in version 1 and nowhere else';
  if (issued >= expires) return 'expires is not after issued';
  return `admins.threshold asks for ${String(admins.threshold)}, and fewer members have a key in force that admins.keyids names`;
}
