/** Proofs made from what is stored with each leaf. Leaves never change, so what was read once stays true. */
import { b64u } from '../../core/approval/bytes.ts';
import { hashOfRange, piecesOf } from '../../core/audit/merkleNodes.ts';
import type { Piece, Range } from '../../core/audit/merkleNodes.ts';
import type { HashBytes } from '../../core/audit/merkle.ts';
import type { Sql } from '../store/store.ts';
import { nodesAt } from './auditStore.ts';

export interface AuditProofs {
  /** Hashes of ranges of a team's leaves, base64url, in their order. All leaves must be there. */
  hashes(team: string, ranges: readonly Range[]): Promise<readonly string[]>;
  /** What was just stored need not be read. Only after it was committed. */
  remember(team: string, leaf: number, nodes: readonly Uint8Array[]): void;
}

/** Proofs of what is new use the same few leaves again and again. */
const mostKept = 20_000;

export function createAuditProofs(sql: Sql, hash: HashBytes): AuditProofs {
  const kept = new Map<string, readonly Uint8Array[]>();
  const remember = (team: string, leaf: number, nodes: readonly Uint8Array[]): void => {
    const key = keyOf(team, leaf);
    kept.delete(key);
    kept.set(key, nodes);
    if (kept.size > mostKept) for (const oldest of kept.keys()) { kept.delete(oldest); break; }
  };
  const read = async (team: string, leaf: number): Promise<readonly Uint8Array[]> => {
    const nodes = kept.get(keyOf(team, leaf)) ?? (await nodesAt(sql, team, leaf));
    if (nodes.length === 0) throw new Error('a leaf of the log is missing');
    remember(team, leaf, nodes);
    return nodes;
  };
  return {
    async hashes(team, ranges) {
      const found = new Map<number, readonly Uint8Array[]>();
      for (const { last } of ranges.flatMap(piecesOf)) if (!found.has(last)) found.set(last, await read(team, last));
      const nodeAt = ({ last, level }: Piece): Uint8Array => found.get(last)?.[level] ?? new Uint8Array(0);
      return ranges.map((range) => b64u(Uint8Array.from(hashOfRange(range, nodeAt, hash))));
    },
    remember,
  };
}

function keyOf(team: string, leaf: number): string {
  return `${team} ${String(leaf)}`;
}
