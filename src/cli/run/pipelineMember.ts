/** Who a run in a terminal or a pipeline is to the team's log: the member whose key file it was given as the endpoint's secret. */
import { readFile } from 'node:fs/promises';
import type { LogMember } from '../../adapters/audit/delivery/countersign.ts';
import { createCrypto } from '../../core/approval/crypto.ts';
import { describeTeamRefusal } from '../../core/approval/refusalText.ts';
import { acceptTeam, parseTeamSignatures } from '../../core/approval/teamChain.ts';
import { signerFromText } from '../review/keyFile.ts';

const crypto = createCrypto(globalThis.crypto);

/**
 * @param teamFile - with its signatures beside it
 * @throws Error in words when there is no such member; the endpoint says so
 */
export async function pipelineMember(secret: string | undefined, teamFile: string): Promise<LogMember> {
  const signer = secret === undefined ? undefined : await signerFromText(crypto, secret).catch(() => undefined);
  if (signer === undefined) throw new Error('the log takes records of members only: give it the content of a member’s key file as the secret of the endpoint');
  const read = async (file: string): Promise<Uint8Array<ArrayBuffer>> => Uint8Array.from(await readFile(file).catch(() => { throw new Error(`the team file ${file} cannot be read; name it in COUNTERSIGN_TEAM_FILE`); }));
  const signed = { file: await read(teamFile), signatures: parseTeamSignatures(await read(teamFile.replace(/\.jsonc?$/u, '.sig.json'))) };
  const state = await acceptTeam(crypto, undefined, [signed]);
  if (state.kind === 'refused') throw new Error(describeTeamRefusal(state.code));
  const { team, audit } = state.team.body;
  const key = state.team.keys.get(signer.keyid);
  if (key === undefined || key.record.revoked !== undefined) throw new Error(`the key belongs to no member of the team “${team}”, or was revoked`);
  return { team, id: key.member.id, signer, logs: audit?.logs ?? [], files: async () => await Promise.resolve([signed]) };
}
