/** Why an approval, a request or a team file does not count, in words. */
import type { DecisionRefusal, TeamRefusal } from './refusal.ts';

const aboutTeam: Readonly<Record<TeamRefusal, string>> = {
  'team-missing': 'the team file that was here is gone. Bring it back, or ask an administrator of the team',
  'team-malformed': 'the team file cannot be understood. Bring back its last version, or ask an administrator to correct and sign it',
  'team-unsigned': 'not enough administrators signed the team file as it is now. Have one sign it, or bring back the version that was signed',
  'team-rolled-back': 'the team file is older than the one that was accepted here before. Get its latest version',
  'team-forked': 'there is another team file with the version that was accepted here before. Ask an administrator which one is right',
  'team-gap': 'versions are missing between the team file that was accepted here and this one. Get those in between',
  'team-previous': 'the team file does not follow on the one that was accepted here. Ask an administrator which one is right',
  'team-other': 'the team file belongs to another team than the one that was accepted here. Ask an administrator which one is right',
  'team-expired': 'the team file has expired. Have an administrator sign a new version',
  'key-in-two-persons': 'one key belongs to two persons in the team file. Have an administrator correct and sign it',
  'key-weak': 'the team file holds a key that cannot be trusted. Have an administrator remove it and sign the file',
};

/** Completes “…, because”. Ends without a full stop. */
export function describeTeamRefusal(code: TeamRefusal): string {
  return aboutTeam[code];
}

const aboutDecision: Readonly<Record<DecisionRefusal, string>> = {
  'envelope-malformed': 'it is not an answer',
  'payload-type': 'it is signed as something else than an answer',
  'too-many-signatures': 'it carries too many signatures',
  'key-unknown': 'no key of the team signed it',
  'key-revoked': 'the key that signed it was revoked',
  'signature-invalid': 'the signature does not fit: it was changed on the way, or forged',
  'webauthn-type': 'the passkey was used for something else than signing',
  'webauthn-challenge': 'the passkey signed something else',
  'webauthn-origin': 'the passkey was used on another page than it belongs to',
  'webauthn-embedded': 'the passkey was used in a page inside another',
  'webauthn-rp': 'the passkey belongs to another site',
  'webauthn-flags': 'what the passkey says about itself is contradictory',
  'user-not-present': 'nobody touched the key',
  'ssh-namespace': 'the SSH key signed it for another purpose',
  'body-malformed': 'it cannot be read by this version',
  'other-request': 'it is the answer to another request',
  'not-key-owner': 'it names another person than the one whose key signed it',
  'self-approval': 'nobody confirms their own request',
  'not-requester': 'only who asked can commit it without others',
  role: 'the person does not have the role that is asked for',
  assurance: 'the key is not as strong as the team asks for',
  'other-team': 'it was given by another version of the team',
  'time-ahead': 'its time lies ahead: the clocks of the two machines differ too much',
  'decision-expired': 'it has run out',
};

/** Completes “It does not count, because”. */
export function describeDecisionRefusal(code: DecisionRefusal): string {
  return aboutDecision[code];
}
