/** Passkeys belong to the name of a site: where none of the team's fits, the page says where they do. Pure. */
import type { Team } from '../../src/core/approval/team.ts';

/** Browsers make and use passkeys for names only. */
export function takesPasskeys(hostname: string): boolean {
  return !/^\[|^\d+(?:\.\d+){3}$/u.test(hostname);
}

/** Why nobody but the requester can answer at this address; empty where there is nobody at all. */
export function whyNobodyHere({ keys }: Pick<Team, 'keys'>, requester: string, hostname: string): string {
  const passkeys = [...keys.values()].filter(({ member, record }) => record.alg.startsWith('webauthn-') && record.revoked === undefined && member.id !== requester);
  const sites = [...new Set(passkeys.flatMap(({ record }) => record.rpId ?? []))].toSorted();
  if (sites.length === 0) return '';
  return `No passkey of the others belongs to this address, ${hostname}; theirs belong to ${sites.join(' and ')}. Open the link there, or run \u201cCountersign: Review a Request\u201d in VS Code.`;
}
