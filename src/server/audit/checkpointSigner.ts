/** Signs the heads of the logs with the server's key, as notes that other programs can check too. */
import { b64u, utf8 } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { derEcdsa } from '../../core/approval/der.ts';
import { checkpointText, noteKeyId } from '../../core/audit/checkpoint.ts';
import { formatNote } from '../../core/audit/checkpointNote.ts';
import type { ServerKey } from '../serverKey.ts';

export interface CheckpointSigner {
  /** Only what is committed may be signed: a signed head cannot be taken back. */
  sign(team: string, head: { readonly size: number; readonly root: Uint8Array }): Promise<string>;
  log(team: string): { readonly origin: string; readonly pub: string };
}

export async function createCheckpointSigner(crypto: Crypto, { keyid, pub, signRaw }: Pick<ServerKey, 'keyid' | 'pub' | 'signRaw'>): Promise<CheckpointSigner> {
  const keyId = await noteKeyId(crypto, pub);
  // One log for each team and key: a server that lost its key begins another log, and nobody takes it for the old one.
  const originOf = (team: string): string => `countersign-log/${keyid.slice(0, 16)}/${team}`;
  return {
    log: (team) => ({ origin: originOf(team), pub: b64u(pub) }),
    async sign(team, { size, root }) {
      const origin = originOf(team);
      const text = checkpointText({ origin, size, root: Uint8Array.from(root) });
      return formatNote({ text, signatures: [{ name: origin, keyId, signature: derEcdsa(await signRaw(utf8(text))) }] });
    },
  };
}
