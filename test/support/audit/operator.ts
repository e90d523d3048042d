/** An operator who owns the server's database and its key, and uses both: rewrites the log and builds its tree anew. */
import { emptyFrontier, grow } from '../../../src/core/audit/merkle.ts';
import { chainEvent, headOf, newStream, type ChainedEvent, type ChainHead } from '../../../src/core/audit/chain.ts';
import { leafOf } from '../../../src/core/audit/receipt.ts';
import { sha256 } from '../../../src/adapters/audit/spool/digest.ts';
import { insertEvents, keepFrontier, lockFrontier, type KeptEvent } from '../../../src/server/audit/auditStore.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { hash } from './streams.ts';

export type Row = { readonly member: string; readonly at: number; readonly event: ChainedEvent };

const triggers = ['audit_events_no_update ON', 'audit_events_no_delete ON', 'audit_heads_no_delete ON', 'audit_heads_grow ON', 'audit_events_grow ON'];

export async function rowsOf(store: Store, team = 'shop'): Promise<readonly Row[]> {
  const rows = await store.query('SELECT member, at, line FROM audit_events WHERE team = $1 ORDER BY leaf', [team]);
  return rows.map(({ member, at, line }) => ({ member: String(member), at: Number(at), event: JSON.parse(String(line)) as ChainedEvent }));
}

/** Puts these in place of all there is. No trigger, no constraint and no signature stands in the way. */
export async function rewrite(store: Store, rows: readonly Row[], team = 'shop'): Promise<void> {
  for (const trigger of triggers) {
    const [name = ''] = trigger.split(' ');
    const table = name.startsWith('audit_events') ? 'audit_events' : 'audit_heads';
    await store.query(store.kind === 'sqlite' ? `DROP TRIGGER IF EXISTS ${name}` : `DROP TRIGGER IF EXISTS ${name} ON ${table}`);
  }
  await store.transaction(async (transaction) => {
    await transaction.query('DELETE FROM audit_events WHERE team = $1', [team]);
    await transaction.query('DELETE FROM audit_heads WHERE team = $1', [team]);
    await lockFrontier(transaction, team);
    let tree = emptyFrontier;
    const events = rows.map(({ member, at, event }): KeptEvent => {
      const grown = grow(tree, leafOf(member, event.hash, hash), hash);
      const leaf = tree.size;
      tree = grown.frontier;
      return { leaf, stream: event.stream, seq: event.seq, member, at, hash: event.hash, line: JSON.stringify(event), nodes: grown.finished };
    });
    await insertEvents(transaction, team, events);
    await keepFrontier(transaction, team, tree);
  });
}

/** Numbers and links every stream anew, so that each is a whole chain again. */
export function relinked(rows: readonly Row[]): readonly Row[] {
  const heads = new Map<string, ChainHead>();
  return rows.map((row) => {
    const { stream, body } = row.event;
    const event = chainEvent(heads.get(stream) ?? newStream(stream), body, sha256);
    heads.set(stream, headOf(event));
    return { ...row, event };
  });
}
