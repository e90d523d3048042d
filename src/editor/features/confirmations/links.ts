/** How a request reaches whoever is asked: as a link, or as a text for any chat. */
import { env, Uri } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import { blobText } from '../../../core/approval/blob.ts';
import { b64u } from '../../../core/approval/bytes.ts';
import { isObject } from '../../../core/approval/guards.ts';
import { linkText } from '../../../core/approval/seal.ts';
import { createDeflater } from '../../../core/approval/streams.ts';

/** `undefined` where no server has it. */
export async function linkOf({ ownServer, servers, team }: Pick<Confirmation, 'ownServer' | 'servers' | 'team'>, { server, id, secret }: PendingRequest): Promise<string | undefined> {
  if (server === undefined) return undefined;
  const state = await team.state();
  const isNamed = state?.kind === 'accepted' && servers.named(state.team).includes(server);
  return linkText({ server: isNamed ? server : await reachable(await ownServer.addressOf(server)), id, secret });
}

/** The editor's own server, as this person's browser reaches it. The key is added afterwards: it goes through nobody's hands. */
async function reachable(server: string): Promise<string> {
  if (env.remoteName === undefined) return server;
  const outside = await env.asExternalUri(Uri.parse(server));
  return outside.toString(true).replace(/\/+$/u, '');
}

/** The request with the team file, in one line. `undefined` where that file cannot be read any more. */
export async function textOfRequest({ team, pins }: Pick<Confirmation, 'team' | 'pins'>, { envelope }: PendingRequest): Promise<string | undefined> {
  const state = await team.state();
  if (state?.kind !== 'accepted') return undefined;
  const pinned = await pins.latest(state.team.body.team);
  if (!pinned || pinned.team.digest !== state.team.digest || !isObject(pinned.signatures)) return undefined;
  return await blobText(createDeflater(globalThis), { envelope, team: { file: b64u(pinned.team.bytes), signatures: pinned.signatures } });
}
