/** Every reason for which an approval, a request or a team file does not count. Closed; part of the protocol and of the test vectors. */

/** About the request as a whole: nothing can approve it as it is. */
export type RequestRefusal =
  /** V1: what is kept here is no request, or is not signed by its requester. */
  | 'request-malformed'
  | 'request-unsigned'
  /** V2 */
  | 'request-expired'
  /** It was made at a time that is yet to come: clocks differ. Said to reviewers. */
  | 'request-ahead'
  /** V3 */
  | TeamRefusal
  | 'team-changed'
  | 'requester-unknown'
  /** The rules, or who asks, allow no commit without others. */
  | 'no-break-glass'
  /** It calls its place something more harmless than the signed team file does. Said to reviewers. */
  | 'place-understated';

/** About a team file: it is not taken, and what was pinned before stays in force. */
export type TeamRefusal =
  /** There was a team here, and now there is no file, or one without people. */
  | 'team-missing'
  | 'team-malformed'
  /** Not enough administrators signed these bytes. */
  | 'team-unsigned'
  | 'team-rolled-back'
  /** Another file with the version that is pinned. */
  | 'team-forked'
  /** A version between the pinned one and this is missing. */
  | 'team-gap'
  | 'team-previous'
  | 'team-other'
  | 'team-expired'
  | 'key-in-two-persons'
  | 'key-weak';

/** About one envelope: it is not counted. */
export type DecisionRefusal =
  /** V4 */
  | 'envelope-malformed'
  | 'payload-type'
  | 'too-many-signatures'
  /** V5 */
  | 'key-unknown'
  | 'key-revoked'
  /** V6 */
  | 'signature-invalid'
  | 'webauthn-type'
  | 'webauthn-challenge'
  | 'webauthn-origin'
  | 'webauthn-embedded'
  | 'webauthn-rp'
  | 'webauthn-flags'
  | 'user-not-present'
  | 'ssh-namespace'
  /** V7 */
  | 'body-malformed'
  /** V8 */
  | 'other-request'
  /** V9 */
  | 'not-key-owner'
  /** V10 */
  | 'self-approval'
  /** Of an emergency: somebody else than its requester signed. */
  | 'not-requester'
  /** V11 */
  | 'role'
  | 'assurance'
  /** V12 */
  | 'other-team'
  /** V13 */
  | 'time-ahead'
  | 'decision-expired';

export type RefusalCode = RequestRefusal | DecisionRefusal;
