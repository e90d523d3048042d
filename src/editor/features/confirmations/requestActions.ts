/** What one can do with one's own requests: send them on, enter an answer that came as text, cancel, run, ask again. */
import { env, window } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import type { Clock } from '../../../app/ports.ts';
import { parseBlob } from '../../../core/approval/blob.ts';
import { parseB64u } from '../../../core/approval/bytes.ts';
import { parseDecision } from '../../../core/approval/decision.ts';
import { requestDigest } from '../../../core/approval/digest.ts';
import { payloadTypes } from '../../../core/approval/envelope.ts';
import type { Envelope } from '../../../core/approval/envelope.ts';
import { describeDecisionRefusal } from '../../../core/approval/refusalText.ts';
import { createDeflater } from '../../../core/approval/streams.ts';
import { unreachable } from '../../../core/unreachable.ts';
import type { RequestAction } from '../../../protocol/peerReview.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { plainText } from '../../plainText.ts';
import { signEmergency } from '../breakGlass/signEmergency.ts';
import type { RequestRuns } from '../run/requestRuns.ts';
import { linkOf, textOfRequest } from './links.ts';
import type { OwnRequest } from './ownRequest.ts';
import type { OwnRequests } from './ownRequests.ts';

export type ActionPorts = { readonly confirmation: Confirmation; readonly clock: Pick<Clock, 'now'>; readonly own: OwnRequests; readonly catalogue: Pick<ConnectionCatalogue, 'byId'>; readonly runs: () => Promise<RequestRuns> };

/** Never rejects. */
export async function actOnRequest(ports: ActionPorts, id: string, action: RequestAction): Promise<void> {
  const entry = await ports.confirmation.pending.get(id).catch(() => undefined);
  if (!entry) return void window.showWarningMessage('This request is not kept here any more.');
  try {
    await act(ports, entry, action);
  } catch (thrown) {
    void window.showErrorMessage(plainText(`That did not work: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
  }
}

async function act(ports: ActionPorts, entry: PendingRequest, action: RequestAction): Promise<void> {
  switch (action) {
    case 'copy-link':
      return void (await copyLink(ports, entry));
    case 'copy-text':
      return await copyText(ports, entry);
    case 'enter-answer':
      return await enterAnswer(ports);
    case 'cancel-request':
      return await cancel(ports, entry);
    case 'run-now':
      return await ports.own.consider(entry.id, false);
    case 'ask-again':
      return await askAgain(ports, entry);
    case 'sign-emergency':
      return await sign(ports, entry);
    default:
      return unreachable(action);
  }
}

/** @returns whether there is one */
export async function copyLink({ confirmation }: Pick<ActionPorts, 'confirmation'>, entry: PendingRequest): Promise<boolean> {
  const link = await linkOf(confirmation, entry);
  if (link === undefined) return false;
  await env.clipboard.writeText(link);
  window.setStatusBarMessage('$(link) Link copied. Whoever has it can read the request.', 8000);
  return true;
}

async function copyText({ confirmation }: ActionPorts, entry: PendingRequest): Promise<void> {
  const text = await textOfRequest(confirmation, entry);
  if (text === undefined) return void window.showWarningMessage('The team has changed since this was asked, so the text would open nothing. Ask again.');
  await env.clipboard.writeText(text);
  window.setStatusBarMessage('$(clippy) Copied as text. Whoever has it can read the request.', 8000);
}

/** An answer says itself which request it is for. */
export async function enterAnswer({ confirmation, own }: ActionPorts): Promise<void> {
  const text = await window.showInputBox({ title: 'Enter an Answer', prompt: 'The text that came back from whoever was asked', placeHolder: 'cfm1.\u2026', ignoreFocusOut: true });
  if (text === undefined) return;
  const envelope = (await parseBlob(createDeflater(globalThis), text))?.envelope;
  const body = envelope?.payloadType === payloadTypes.decision || envelope?.payloadType === payloadTypes.emergency ? parseDecision(parseB64u(envelope.payload) ?? new Uint8Array(0)) : undefined;
  if (envelope === undefined || body === undefined) return void window.showWarningMessage('There is no answer in this text. It begins with cfm1. and has to be whole.');
  const id = await requestWith(confirmation, body.request);
  if (id === undefined) return void window.showWarningMessage('This answers a request that was not made on this machine, or that is over. Nothing was run.');
  await confirmation.pending.change(id, { decisions: [envelope] });
  sayIfNotCounted(await own.look(id), envelope);
  await own.consider(id, false);
}

async function requestWith({ pending, crypto }: Confirmation, digest: string): Promise<string | undefined> {
  for (const entry of await pending.list()) if (entry.state === 'waiting' && (await requestDigest(crypto, entry.body)) === digest) return entry.id;
  return undefined;
}

function sayIfNotCounted(found: OwnRequest | undefined, envelope: Envelope): void {
  const at = found?.entry.decisions.findIndex((each) => JSON.stringify(each) === JSON.stringify(envelope)) ?? -1;
  const result = found?.verdict.results[at];
  if (result?.kind === 'not-counted') void window.showWarningMessage(plainText(`The answer does not count, because ${describeDecisionRefusal(result.code)}. Nothing was run.`));
}

async function cancel({ own, catalogue, runs }: ActionPorts, entry: PendingRequest): Promise<void> {
  const profile = catalogue.byId(entry.connection);
  if (!profile) return void window.showWarningMessage(plainText(`${noConnection} It expires by itself.`));
  const cancelled = await (await runs()).cancel(entry, profile);
  await own.refresh();
  if (cancelled.kind === 'not-cancelled') return void window.showWarningMessage('Too late to cancel: it is being run, or has ended already.');
  if (!cancelled.told) void window.showInformationMessage('The request is cancelled, and nothing was changed. The server could not be told: reviewers see it until it expires, and approving it does nothing.');
}

async function sign(ports: ActionPorts, entry: PendingRequest): Promise<void> {
  const profile = ports.catalogue.byId(entry.connection);
  if (!profile) return void window.showWarningMessage(plainText(`${noConnection} Nothing was run.`));
  const signed = await signEmergency(ports, entry, profile);
  if (signed === 'signed') await ports.own.consider(entry.id, false);
  else if (typeof signed === 'object') void window.showWarningMessage(plainText(signed.problem));
}

const noConnection = 'Its connection is not in the settings and not in the team file any more.';

async function askAgain({ catalogue, runs }: ActionPorts, entry: PendingRequest): Promise<void> {
  const profile = catalogue.byId(entry.connection);
  if (!profile) return void window.showWarningMessage(plainText(`${noConnection} Nothing was run.`));
  await (await runs()).askAgain(entry, profile);
}
