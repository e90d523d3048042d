/** The team in force for the folders that are open, and this person in it. Files are read again only when they changed. */
import type { Self, TeamInForce } from '../../app/approvalPorts.ts';
import { b64u } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { memberOf } from '../../core/approval/team.ts';
import type { Team } from '../../core/approval/team.ts';
import { teamFreshness } from '../../core/approval/teamChain.ts';
import type { SignedTeam } from '../../core/approval/teamChain.ts';
import type { Rule } from '../../core/approval/terms.ts';
import type { ScreenPolicy } from '../../core/masking/screenRules.ts';
import type { TeamRules } from '../../core/policy/confirmation.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { toFailure } from '../../core/errors.ts';
import { signedProfiles } from './signedProfiles.ts';
import type { MemberKeys, OwnKey } from './memberKeys.ts';
import { placesAbove, readTeamFolder, stampOf } from './teamFolder.ts';
import type { TeamPlace, TeamReport } from './teamFolder.ts';
import type { TeamPins } from './teamPins.ts';

export type TeamStoreOptions = {
  readonly crypto: Crypto;
  readonly pins: TeamPins;
  readonly keys: MemberKeys;
  /** The folders that are open, in their order. */
  readonly places: () => readonly TeamPlace[];
  /** Asks servers for versions after the pinned one; any may be forged. Never rejects. */
  readonly missing: (pinned: Team, key: OwnKey | undefined) => Promise<readonly SignedTeam[]>;
  /** Every run asks who else must confirm: servers that hang hold none of them up for longer. */
  readonly patienceMs?: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A team was believed because there was none before: its words are for comparing. */
  readonly onFirstUse?: (team: Team) => void;
};

export interface TeamStore extends TeamInForce {
  /** `state`, with everything that is to be said about it. Never rejects. */
  report(): Promise<TeamReport>;
  /** What it means for policy. Never rejects. */
  rules(): Promise<TeamRules>;
  /** What it says of databases, as it was accepted last. Never rejects. */
  connections(): Promise<readonly ConnectionProfile[]>;
  /** What they mask, and on whose screens, as they were accepted last. Never rejects. */
  screens(): Promise<ScreenPolicy['teams']>;
  /** Whether no change may be made before its record is received elsewhere, as they were accepted last. Never rejects. */
  demandsReceipts(): Promise<boolean>;
  /** The next question reads the files again, whatever they look like. */
  forget(): void;
}

/** A version that was missing may have come meanwhile. */
const askAgainMs = 30_000;

export function createTeamStore(options: TeamStoreOptions): TeamStore {
  const { crypto, pins, keys, places, now, patienceMs = 5000, onFirstUse } = options;
  const missing = async (pinned: Team): Promise<readonly SignedTeam[]> => await within(patienceMs, options.missing(pinned, await keyFor(pinned.body.team)));
  let cached: { readonly stamp: string; readonly until: number; readonly report: Promise<TeamReport> } | undefined;

  const keyFor = async (team: string): Promise<OwnKey | undefined> => {
    const read = await keys.find(team);
    return read.kind === 'found' ? read.key : undefined;
  };
  const withAbove = async (open: readonly TeamPlace[]): Promise<readonly TeamPlace[]> => {
    const above = (await Promise.all(open.map(async (place) => await placesAbove(pins, place)))).flat();
    return [...open, ...above.filter(({ folder }, index) => [...open, ...above.slice(0, index)].every((other) => other.folder !== folder))];
  };
  const readAll = async (open: readonly TeamPlace[]): Promise<TeamReport> => {
    const reports: TeamReport[] = [];
    for (const place of open) reports.push(await readTeamFolder({ crypto, pins, missing }, place));
    for (const each of reports) if (each.kind === 'accepted' && each.isFirst) onFirstUse?.(each.team);
    return strictest(reports);
  };
  const report = async (): Promise<TeamReport> => {
    try {
      const open = await withAbove(places());
      const stamp = (await Promise.all(open.map(stampOf))).join('\n');
      if (cached?.stamp !== stamp || now() > cached.until) {
        const reading = readAll(open);
        cached = { stamp, until: Number.POSITIVE_INFINITY, report: reading };
        const read = await reading;
        // A newer version that another folder or a server brings changes no file here.
        cached = { stamp, until: now() + askAgainMs, report: Promise.resolve(read.kind === 'accepted' ? { ...read, isFirst: false } : read) };
        return read;
      }
      return await cached.report;
    } catch (thrown) {
      cached = undefined;
      const [place] = places();
      return place === undefined ? { kind: 'none' } : { kind: 'refused', place, code: 'team-malformed', detail: toFailure(thrown).message };
    }
  };

  return {
    report,
    async state() {
      const read = await report();
      switch (read.kind) {
        case 'none':
          return undefined;
        case 'accepted':
          return { kind: 'accepted', team: read.team };
        case 'refused':
          return { kind: 'refused', code: read.code };
      }
    },
    async self() {
      const read = await report();
      if (read.kind !== 'accepted') return undefined;
      const key = await keyFor(read.team.body.team).catch(() => undefined);
      return key && selfIn(read.team, key);
    },
    rules: async () => rulesOf(await report(), now()),
    connections: async () => signedProfiles(acceptedTeams(await report())),
    screens: async () => acceptedTeams(await report()).map(({ body: { policy } }) => ({ masking: policy.masking ?? [], environments: policy.maskOnScreen ?? [] })),
    demandsReceipts: async () => demandsReceipts(await report()),
    forget() {
      cached = undefined;
    },
  };
}

/** What a report means for policy. @param now - epoch milliseconds */
export function rulesOf(report: TeamReport, now: number): TeamRules {
  switch (report.kind) {
    case 'none':
      return { kind: 'none' };
    case 'refused':
      return { kind: 'refused', code: report.code, rules: lastRules(report) };
    case 'accepted':
      return teamFreshness(report.team, now) === 'expired' ? { kind: 'refused', code: 'team-expired', rules: lastRules(report) } : { kind: 'accepted', rules: report.team.body.policy.confirmations };
  }
}

function lastRules(report: TeamReport): readonly Rule[] {
  return acceptedTeams(report).flatMap(({ body }) => body.policy.confirmations);
}

/** What was accepted last for the folders of this window, whatever their files are now. */
export function acceptedTeams(report: TeamReport): readonly Team[] {
  switch (report.kind) {
    case 'none':
      return [];
    case 'accepted':
      return [report.team];
    case 'refused':
      return report.known ?? (report.pinned === undefined ? [] : [report.pinned]);
  }
}

/** The strictest of all that was accepted last for the folders of this window. */
export function demandsReceipts(report: TeamReport): boolean {
  return acceptedTeams(report).some(({ body }) => body.audit?.mode === 'receipt');
}

/** What came in time; nothing is not remembered, so the next question asks again. */
async function within(milliseconds: number, asking: Promise<readonly SignedTeam[]>): Promise<readonly SignedTeam[]> {
  const { promise, resolve } = Promise.withResolvers<readonly SignedTeam[]>();
  const timer = setTimeout(() => resolve([]), milliseconds);
  return await Promise.race([asking, promise]).finally(() => clearTimeout(timer));
}

/** The member whose key this is; nobody once it was revoked. */
export function selfIn(team: Team, { keyid, signer, enc }: OwnKey): Self | undefined {
  const found = team.keys.get(keyid);
  if (found?.key === undefined || found.record.revoked !== undefined) return undefined;
  const member = memberOf(team, found.member.id) ?? found.member;
  return { member, signer, ...(member.enc === b64u(enc.publicKey) ? { enc } : {}) };
}

/** One window has one team. Two different ones are nobody's to choose between, and what is not to be trusted counts before what is. */
function strictest(reports: readonly TeamReport[]): TeamReport {
  const refused = reports.find((each) => each.kind === 'refused');
  const known = reports.flatMap(acceptedTeams);
  if (refused !== undefined) return { ...refused, known };
  const accepted = reports.flatMap((each) => (each.kind === 'accepted' ? [each] : []));
  const [first, ...others] = accepted;
  if (first === undefined) return { kind: 'none' };
  const other = others.find(({ team }) => team.digest !== first.team.digest);
  if (other === undefined) return first;
  return { kind: 'refused', place: other.place, code: 'team-other', pinned: first.team, known, detail: 'the folders of this window have different teams, or different versions of one; open them in windows of their own' };
}
