/** Why a reviewer is not shown a request, in words. Pure. */
import type { RequestRefusal } from './refusal.ts';
import { describeTeamRefusal } from './refusalText.ts';

/** Completes “Nothing can be approved here:”. What it means and what to do; ends without a full stop. */
export function describeRequestRefusal(code: RequestRefusal): string {
  switch (code) {
    case 'request-expired':
      return 'the request has expired. Ask for a new one';
    case 'team-changed':
      return 'the team has changed since it was asked. Ask for a new one';
    case 'request-malformed':
      return 'it was made by another version, or changed on the way. Ask for a new one';
    case 'request-unsigned':
      return 'nobody in the team signed it, whoever it says it is from. Tell them';
    case 'request-ahead':
      return 'the clock of whoever asks is more than five minutes ahead of this one (or this one is behind). Have the wrong one set, and ask for a new request';
    case 'place-understated':
      return 'it calls its database something more harmless than the signed team file does. Tell whoever asks, and an administrator';
    case 'requester-unknown':
      return 'whoever asks is not in the team. Tell an administrator';
    case 'no-break-glass':
      return 'the rules of the team do not allow to commit it without others';
    default:
      return describeTeamRefusal(code);
  }
}
