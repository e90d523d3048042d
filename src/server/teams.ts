/** Team files: kept in the order of their versions, accepted by the same rules as everywhere, never rolled back. */
import { b64u, parseB64u } from '../core/approval/bytes.ts';
import type { Crypto } from '../core/approval/crypto.ts';
import { readTeam } from '../core/approval/team.ts';
import type { Team } from '../core/approval/team.ts';
import { acceptTeam } from '../core/approval/teamChain.ts';
import type { TeamFileMessage } from '../protocol/confirmation.ts';
import { Refused } from './refused.ts';
import type { Sql, SqlRow, Store } from './store/store.ts';

/** `first`: the first team that introduces itself to an empty store, and no other. `any`: every team. A list: those whose first file has one of these digests. */
export type TeamAdmission = 'first' | 'any' | readonly string[];

export interface Teams {
  /** Takes the next version, or the first. @throws Refused with the reason code of the chain */
  accept(message: TeamFileMessage): Promise<{ readonly digest: string; readonly version: number; readonly isNew: boolean }>;
  /** The version in force with that digest. @throws Refused when it is unknown or an older one */
  current(digest: string): Promise<Team>;
  named(team: string): Promise<Team | undefined>;
  /** Files after a version, oldest first. */
  after(team: string, version: number): Promise<readonly TeamFileMessage[]>;
  withDigest(digest: string): Promise<TeamFileMessage | undefined>;
}

export type TeamsOptions = { readonly crypto: Crypto; readonly store: Store; readonly admission: TeamAdmission; readonly now: () => number };

export function createTeams({ crypto, store, admission, now }: TeamsOptions): Teams {
  /** Reading a file means importing its keys: done once for each version. */
  const known = new Map<string, Team>();
  const read = async (row: SqlRow | undefined): Promise<Team | undefined> => {
    if (row === undefined) return undefined;
    const digest = String(row['digest']);
    const cached = known.get(digest);
    if (cached !== undefined) return cached;
    const team = await readTeam(crypto, row['file'] as Uint8Array<ArrayBuffer>);
    if (team.kind === 'refused') throw new Error(`a stored team file is unreadable: ${team.code}`);
    known.set(digest, team.team);
    return team.team;
  };
  const latest = async (sql: Sql, team: string): Promise<Team | undefined> => await read((await sql.query('SELECT digest, file FROM teams WHERE team = $1 ORDER BY version DESC LIMIT 1', [team]))[0]);
  return {
    async accept({ file, signatures }) {
      const bytes = parseB64u(file);
      const candidate = bytes && (await readTeam(crypto, bytes));
      if (bytes === undefined || candidate === undefined) throw new Refused(400, 'malformed', 'The file is not base64url.');
      if (candidate.kind === 'refused') throw chainProblem(candidate.code);
      const { body, digest } = candidate.team;
      return await store.transaction(async (transaction) => {
        const pinned = await latest(transaction, body.team);
        const state = await acceptTeam(crypto, pinned, [{ file: bytes, signatures }]);
        if (state.kind === 'refused') throw chainProblem(state.code);
        if (pinned?.digest === digest) return { digest, version: body.version, isNew: false };
        if (pinned === undefined) await checkAdmission(transaction, admission, digest);
        const kept = await transaction.query(
          'INSERT INTO teams (team, version, digest, file, signatures, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (team, version) DO NOTHING RETURNING version',
          [body.team, body.version, digest, bytes, JSON.stringify(signatures), now()],
        );
        // Another instance took one in the same moment; sent again, this will be compared with it.
        if (kept.length === 0) throw chainProblem('team-forked');
        return { digest, version: body.version, isNew: true };
      });
    },
    async current(digest) {
      const [row] = await store.query('SELECT t.digest, t.file FROM teams t WHERE t.digest = $1 AND t.version = (SELECT max(version) FROM teams WHERE team = t.team)', [digest]);
      const team = await read(row);
      if (team === undefined) throw new Refused(409, 'team-unknown', 'This server does not know that team file, or knows a newer one. Send it the current file with its signatures, then try again.');
      return team;
    },
    named: async (team) => await latest(store, team),
    after: async (team, version) => (await store.query('SELECT file, signatures FROM teams WHERE team = $1 AND version > $2 ORDER BY version', [team, version])).map(messageOf),
    async withDigest(digest) {
      const [row] = await store.query('SELECT file, signatures FROM teams WHERE digest = $1', [digest]);
      return row && messageOf(row);
    },
  };
}

function messageOf({ file, signatures }: SqlRow): TeamFileMessage {
  return { file: b64u(file as Uint8Array<ArrayBuffer>), signatures: JSON.parse(String(signatures)) as TeamFileMessage['signatures'] };
}

async function checkAdmission(sql: Sql, admission: TeamAdmission, digest: string): Promise<void> {
  if (admission === 'any' || (admission !== 'first' && admission.includes(digest))) return;
  const [row] = await sql.query('SELECT count(*) AS teams FROM teams');
  if (admission === 'first' && Number(row?.['teams']) === 0) return;
  throw new Refused(403, 'team-not-admitted', 'This server serves other teams. Whoever runs it can admit yours by the digest of its team file.');
}

function chainProblem(code: string): Refused {
  return new Refused(409, code, `The team file was not taken (${code}); the one before stays in force.`);
}
