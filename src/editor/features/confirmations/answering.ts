/** Answering what others ask, with the key of this editor: checked against the team that is believed here, asked once more outside of the page, signed, sent. */
import { window } from 'vscode';
import type { QuickPickItem } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import { bestAssurance } from '../../../core/approval/approvers.ts';
import { decisionOn } from '../../../core/approval/decision.ts';
import type { DecisionBody } from '../../../core/approval/decision.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../core/approval/envelope.ts';
import { describeRequest } from '../../../core/approval/requestText.ts';
import { isAtLeast } from '../../../core/approval/signatureCheck.ts';
import { hasRole } from '../../../core/approval/terms.ts';
import { peerTerms } from '../../../core/policy/peerConfirmation.ts';
import type { EditorReviewer } from '../../../protocol/confirmPage.ts';
import type { Clock } from '../../../app/ports.ts';
import { plainLabel } from '../../plainLabel.ts';
import { toFailure } from '../../../core/errors.ts';
import type { GivenAnswer } from '../../../app/recordAnswer.ts';
import type { AskedOfMe } from './inbox.ts';

type ReviewerPorts = { readonly confirmation: Pick<Confirmation, 'team' | 'crypto' | 'log'>; readonly clock: Clock };
/** `record`: durable when it resolves. */
export type AnsweringPorts = ReviewerPorts & { readonly record: (answer: Omit<GivenAnswer, 'run'>) => Promise<void> };

/** Whose key signs here, and why it would not count. `undefined`: nobody of that team works in this editor. */
export async function reviewerHere({ confirmation: { team: source } }: ReviewerPorts, { checked: { request }, team }: AskedOfMe): Promise<EditorReviewer | undefined> {
  const [state, self] = [await source.state(), await source.self()];
  if (state?.kind !== 'accepted' || self === undefined || state.team.body.team !== team.body.team) return undefined;
  const { name, id } = self.member;
  if (state.team.digest !== team.digest) return { name, refused: 'This request was made with another version of the team file than the one that is believed here. Fetch the latest version, or ask for a new request.' };
  if (request.emergency !== undefined) return { name, refused: id === request.requester ? 'This is your own emergency: sign it where you began it, or with your passkey in the browser.' : 'Nobody but who asks can commit this: it is an emergency, and you are asked to review it afterwards.' };
  if (id === request.requester) return { name, refused: `This is your own request: somebody else has to ${request.afterwards === undefined ? 'confirm' : 'review'} it.` };
  const { environment } = request.facts;
  const terms = peerTerms(team.body.policy.confirmations, { environment, protected: true, name: request.target.profile }, request.statements.map((statement) => statement.class));
  const key = team.keys.get(self.signer.keyid);
  if (!key || !isAtLeast(bestAssurance(key.record), terms.assurance)) return { name, refused: 'The team asks for a passkey or a security key for this, and the key of this editor is neither.' };
  if (!terms.groups.some(({ roles }) => hasRole(self.member, roles))) return { name, refused: 'The team asks for a role you do not have, so your approval would not count.' };
  return { name };
}

/** `undefined`: the person thought better of it. `text`: there is no server, and it is to be carried back by hand. Rejects with the reason in words. */
export async function answer(ports: AnsweringPorts, asked: AskedOfMe, decision: DecisionBody['decision'], comment: string): Promise<{ readonly text?: string } | undefined> {
  const reviewer = await reviewerHere(ports, asked);
  const self = await ports.confirmation.team.self();
  if (reviewer === undefined || self === undefined) throw new Error('Nobody of this team works in this editor, so nothing was signed.');
  if (reviewer.refused !== undefined) throw new Error(reviewer.refused);
  if (!(await isMeant(ports, asked, decision))) return undefined;
  const { log } = ports.confirmation;
  if (asked.checked.request.log !== undefined) await log?.heard(asked.checked.request.log);
  const seen = await log?.seen();
  const body = decisionOn(asked.checked, { decision, reviewer: self.member.id, comment, view: 'vscode', now: ports.clock.now() + asked.skewMs, ...(seen === undefined ? {} : { log: seen }) });
  const envelope = await signBody(payloadTypes.decision, bodyBytes(body), [self.signer]);
  const { request, digest } = asked.checked;
  await ports.record({ request, digest, decision, envelope }).catch((thrown: unknown) => {
    throw new Error(`Nothing was sent, because your answer could not be recorded on this machine. ${toFailure(thrown).message}`);
  });
  const sent = await asked.channel.deliver('decision', envelope);
  if (sent.kind !== 'ok') throw new Error(sent.message);
  return sent.value;
}

/**
 * A page can be pressed by what is in it; this cannot. The safe row comes first and has the focus, so that a key that was pressed for
 * something else signs nothing.
 */
async function isMeant({ confirmation: { crypto } }: ReviewerPorts, { checked: { request, requester, digest } }: AskedOfMe, decision: DecisionBody['decision']): Promise<boolean> {
  const words = (await sixWords(crypto, 'request', digest)).join(' ');
  const verb = decision === 'approve' ? 'Approve' : 'Reject';
  const safe: QuickPickItem = { label: `$(close) Do Not ${verb}`, description: 'Nothing is signed' };
  const sign: QuickPickItem = { label: `$(pass) ${verb}`, description: plainLabel(`${describeRequest(request)} on ${request.target.profile}, ${request.facts.environment}`), detail: `Signs request ${words}` };
  const picked = await window.showQuickPick([safe, sign], { title: plainLabel(`${verb} what ${requester.name} asks?`), placeHolder: 'Your key signs it; it cannot be taken back', ignoreFocusOut: true });
  return picked === sign;
}
