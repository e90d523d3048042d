/** The tables of the log: events that only come in, and the head of each team's tree. */
import type { Frontier } from '../../core/audit/merkle.ts';
import type { Sql, SqlRow, SqlValue, Transaction } from '../store/store.ts';

/** One leaf as it is kept. */
export type KeptEvent = { readonly leaf: number; readonly stream: string; readonly seq: number; readonly member: string; readonly at: number; readonly hash: string; readonly line: string; /** Complete subtrees that end here. */ readonly nodes: readonly Uint8Array[] };

/** A place in a stream and in the log. */
export type Place = { readonly seq: number; readonly leaf: number; readonly member: string; readonly hash: string };

const hashBytes = 32;
const columns = 9;
/** Rows written by one statement: few texts, so that they stay prepared. */
const chunkSizes = [50, 10, 1];

/** Until the transaction ends, nobody else appends to this team's log, in no instance. */
export async function lockFrontier(transaction: Transaction, team: string): Promise<Frontier> {
  await transaction.query('INSERT INTO audit_heads (team, size, roots) VALUES ($1, 0, $2) ON CONFLICT (team) DO NOTHING', [team, new Uint8Array(0)]);
  const [row] = await transaction.query('UPDATE audit_heads SET size = size WHERE team = $1 RETURNING size, roots', [team]);
  return frontierOf(row);
}

export async function readFrontier(sql: Sql, team: string): Promise<Frontier> {
  return frontierOf((await sql.query('SELECT size, roots FROM audit_heads WHERE team = $1', [team]))[0]);
}

export async function keepFrontier(transaction: Transaction, team: string, { size, roots }: Frontier): Promise<void> {
  await transaction.query('UPDATE audit_heads SET size = $2, roots = $3 WHERE team = $1', [team, size, joined(roots)]);
}

/** What is kept of a stream between two numbers, both included. */
export async function placesOf(sql: Sql, team: string, stream: string, [from, to]: readonly [number, number]): Promise<readonly Place[]> {
  const rows = await sql.query('SELECT seq, leaf, member, hash FROM audit_events WHERE team = $1 AND stream = $2 AND seq >= $3 AND seq <= $4 ORDER BY seq', [team, stream, from, to]);
  return rows.map(({ seq, leaf, member, hash }) => ({ seq: Number(seq), leaf: Number(leaf), member: String(member), hash: String(hash) }));
}

/** Number of the last event of a stream; 0 when there is none. */
export async function lastOf(sql: Sql, team: string, stream: string): Promise<number> {
  const [row] = await sql.query('SELECT max(seq) AS seq FROM audit_events WHERE team = $1 AND stream = $2', [team, stream]);
  return Number(row?.['seq'] ?? 0);
}

export async function insertEvents(transaction: Transaction, team: string, events: readonly KeptEvent[]): Promise<void> {
  for (let at = 0; at < events.length; ) {
    const size = chunkSizes.find((chunk) => chunk <= events.length - at) ?? 1;
    await transaction.query(insertText(size), events.slice(at, at + size).flatMap((event) => valuesOf(team, event)));
    at += size;
  }
}

function insertText(rows: number): string {
  const row = (index: number): string => `(${Array.from({ length: columns }, (_, column) => `$${String(index * columns + column + 1)}`).join(', ')})`;
  return `INSERT INTO audit_events (team, leaf, stream, seq, member, at, hash, line, nodes) VALUES ${Array.from({ length: rows }, (_, index) => row(index)).join(', ')}`;
}

function valuesOf(team: string, { leaf, stream, seq, member, at, hash, line, nodes }: KeptEvent): readonly SqlValue[] {
  return [team, leaf, stream, seq, member, at, hash, line, joined(nodes)];
}

/** Nodes that end at a leaf; empty when there is no such leaf. */
export async function nodesAt(sql: Sql, team: string, leaf: number): Promise<readonly Uint8Array[]> {
  const [row] = await sql.query('SELECT nodes FROM audit_events WHERE team = $1 AND leaf = $2', [team, leaf]);
  return row === undefined ? [] : hashesOf(row['nodes']);
}

/** From leaf `after` on. Stops after `bytes` of lines; the first event comes in any case. */
export async function pageFrom(sql: Sql, team: string, after: number, { events, bytes }: { readonly events: number; readonly bytes: number }): Promise<readonly { readonly leaf: number; readonly member: string; readonly at: number; readonly line: string }[]> {
  const sizes = await sql.query('SELECT leaf, length(line) AS size FROM audit_events WHERE team = $1 AND leaf >= $2 ORDER BY leaf LIMIT $3', [team, after, events]);
  let sum = 0;
  const fitting = sizes.filter(({ size }, index) => (sum += Number(size)) <= bytes || index === 0);
  const end = Number(fitting.at(-1)?.['leaf'] ?? -1);
  const rows = await sql.query('SELECT leaf, member, at, line FROM audit_events WHERE team = $1 AND leaf >= $2 AND leaf <= $3 ORDER BY leaf', [team, after, end]);
  return rows.map(({ leaf, member, at, line }) => ({ leaf: Number(leaf), member: String(member), at: Number(at), line: String(line) }));
}

function frontierOf(row: SqlRow | undefined): Frontier {
  return row === undefined ? { size: 0, roots: [] } : { size: Number(row['size']), roots: hashesOf(row['roots']) };
}

function hashesOf(value: SqlValue | undefined): readonly Uint8Array[] {
  const bytes = value instanceof Uint8Array ? value : new Uint8Array(0);
  return Array.from({ length: Math.floor(bytes.length / hashBytes) }, (_, index) => bytes.slice(index * hashBytes, (index + 1) * hashBytes));
}

function joined(hashes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(hashes.length * hashBytes);
  for (const [index, each] of hashes.entries()) all.set(each, index * hashBytes);
  return all;
}
