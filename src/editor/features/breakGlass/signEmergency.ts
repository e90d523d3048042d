/** The person's own signature, in an emergency: with the key of this editor where the rules are content with that, else with a passkey in the browser. */
import { env, Uri, window } from 'vscode';
import type { QuickPickItem } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import type { Clock } from '../../../app/ports.ts';
import { decisionOn } from '../../../core/approval/decision.ts';
import { requestDigest, sixWords } from '../../../core/approval/digest.ts';
import { lackingKey, signingWay } from '../../../core/approval/emergency.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../core/approval/envelope.ts';
import { parseRequest } from '../../../core/approval/request.ts';
import { describeRequest } from '../../../core/approval/requestText.ts';
import { peerTerms } from '../../../core/policy/peerConfirmation.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { plainLabel } from '../../plainLabel.ts';
import { linkOf, textOfRequest } from '../confirmations/links.ts';

export type SigningPorts = { readonly confirmation: Confirmation; readonly clock: Pick<Clock, 'now'> };

/** @returns why nothing could be signed, in words. `signed`: here, and it can run. `elsewhere`: the page that signs was opened. */
export async function signEmergency({ confirmation, clock }: SigningPorts, entry: PendingRequest, profile: ConnectionProfile): Promise<'signed' | 'elsewhere' | 'declined' | { readonly problem: string }> {
  const { team, crypto, pending } = confirmation;
  const request = parseRequest(entry.body);
  const [state, self] = [await team.state(), await team.self()];
  if (request?.emergency === undefined || state?.kind !== 'accepted' || self === undefined) return { problem: 'Your team is not in force in this window, so nothing can be signed. Nothing was committed.' };
  const { assurance } = peerTerms(state.team.body.policy.confirmations, profile, request.statements.map((statement) => statement.class));
  const way = signingWay(state.team, self.member.id, assurance);
  if (way === undefined) return { problem: lackingKey(assurance) };
  if (way === 'passkey') return await openPage(confirmation, entry);
  const digest = await requestDigest(crypto, entry.body);
  if (!(await isMeant(`${describeRequest(request)} on ${request.target.profile}, ${request.facts.environment}`, (await sixWords(crypto, 'request', digest)).join(' ')))) return 'declined';
  const body = decisionOn({ kind: 'genuine', request, digest, body: entry.body, requester: self.member }, { decision: 'approve', reviewer: self.member.id, comment: '', view: 'vscode', now: clock.now() });
  await pending.change(entry.id, { decisions: [await signBody(payloadTypes.emergency, bodyBytes(body), [self.signer])] });
  return 'signed';
}

/** A page can be pressed by what is in it; this cannot. The safe row comes first and has the focus. */
async function isMeant(what: string, words: string): Promise<boolean> {
  const safe: QuickPickItem = { label: '$(close) Do Not Commit', description: 'Nothing is signed' };
  const sign: QuickPickItem = { label: '$(flame) Commit Without Confirmation', description: plainLabel(what), detail: `Signs request ${words}, alerts everybody, and commits` };
  return (await window.showQuickPick([safe, sign], { title: 'Commit without the confirmation of others?', placeHolder: 'The key of this editor signs it; it cannot be taken back', ignoreFocusOut: true })) === sign;
}

/** A passkey belongs to the address of a page. Where no server has the request, the page of this editor signs a text. */
async function openPage(confirmation: Confirmation, entry: PendingRequest): Promise<'elsewhere' | { readonly problem: string }> {
  const link = await linkOf(confirmation, entry);
  if (link !== undefined) return await opened(link);
  const text = await textOfRequest(confirmation, entry);
  const own = await confirmation.ownServer.ensure();
  if (text === undefined || own.kind !== 'running') return { problem: 'The page that signs with a passkey cannot be opened: no confirmation server answers. Nothing was committed.' };
  await env.clipboard.writeText(text);
  void window.showInformationMessage('The request is on the clipboard: paste it on the page that opens, and enter the answer here.');
  return await opened(`${own.url}/r/paste`);
}

async function opened(address: string): Promise<'elsewhere' | { readonly problem: string }> {
  // Strict, and not encoded anew: the part after # is a key.
  return (await env.openExternal(Uri.parse(address, true))) ? 'elsewhere' : { problem: 'The browser was not opened. Copy the link and open it where your passkey is. Nothing was committed.' };
}
