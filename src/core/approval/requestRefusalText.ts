/** Why a reviewer is not shown a request, in words. Pure. */
import type { RequestRefusal, TeamRefusal } from './refusal.ts';
import { describeTeamRefusal } from './refusalText.ts';

const aboutRequest: Readonly<Record<Exclude<RequestRefusal, TeamRefusal>, string>> = {
  'request-expired': 'the request has expired. Ask for a new one',
  'request-ahead': 'the clock of whoever asks is more than five minutes ahead of this one (or this one is behind). Have the wrong one set, and ask for a new request',
  'team-changed': 'the team has changed since it was asked. Ask for a new one',
  'request-malformed': 'it was made by another version, or changed on the way. Ask for a new one',
  'request-unsigned': 'nobody in the team signed it, whoever it says it is from. Tell them',
  'place-understated': 'it calls its database something more harmless than the signed team file does. Tell whoever asks, and an administrator',
  'requester-unknown': 'whoever asks is not in the team. Tell an administrator',
  'no-break-glass': 'the rules of the team do not allow to commit it without others',
};

/** Completes “Nothing can be approved here:”. What it means and what to do; ends without a full stop. */
export function describeRequestRefusal(code: RequestRefusal): string {
  return isAboutTeam(code) ? describeTeamRefusal(code) : aboutRequest[code];
}

function isAboutTeam(code: RequestRefusal): code is TeamRefusal {
  return !Object.hasOwn(aboutRequest, code);
}
