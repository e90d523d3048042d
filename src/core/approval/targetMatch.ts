/** V18: whether the server at the other end, and the session on it, are those that were approved. */
import type { RequestBody } from './request.ts';

type Target = RequestBody['target'];
type Settings = RequestBody['session'];

/** What differs, by the name of the member. Empty: the same. */
export type TargetDifference = { readonly what: string; readonly approved: string; readonly actual: string };

/**
 * Everything must be equal. A replica or a restored copy answers with the same `system`, so host and profile are compared as well; a
 * setting that was approved and is missing now differs too.
 *
 * @param target - asked of the server in the transaction that will run
 * @param session - the settings that were approved, as they are now
 */
export function compareTargets(approved: Pick<RequestBody, 'target' | 'session'>, target: Target, session: Settings): readonly TargetDifference[] {
  const members = ['engine', 'system', 'database', 'role', 'host', 'profile'] as const;
  const places = members.map((what) => ({ what, approved: approved.target[what], actual: target[what] }));
  const names = [...new Set([...Object.keys(approved.session), ...Object.keys(session)])].toSorted();
  const settings = names.map((what) => ({ what, approved: approved.session[what] ?? '', actual: session[what] ?? '' }));
  return [...places, ...settings].filter((each) => each.approved !== each.actual);
}
