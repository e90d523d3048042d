/**
 * Alice's editor without its windows: a real database, a real confirmation server, real keys, and the use cases between them. What
 * Bob and Carol answer is signed with their own keys.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFiling } from '../../../src/adapters/confirmation/filing.ts';
import { connectRelay } from '../../../src/adapters/confirmation/httpRelay.ts';
import { wasAnnounced } from '../../../src/adapters/audit/runFates.ts';
import { createPendingRequests } from '../../../src/adapters/confirmation/pendingRequests.ts';
import type { SecretStore } from '../../../src/adapters/credentials/secretStore.ts';
import type { Approvals, Filing, PendingRequest, PendingRequests } from '../../../src/app/approvalPorts.ts';
import type { ApprovedPorts } from '../../../src/app/approvedExecution.ts';
import type { Consent, IntentReceipt, Journal, Review, Session, SqlAnalyser } from '../../../src/app/ports.ts';
import { runApproved, type ApprovedEnd } from '../../../src/app/runApproved.ts';
import type { RunRequest } from '../../../src/app/run.ts';
import { runStatement } from '../../../src/app/runStatement.ts';
import type { DecisionBody } from '../../../src/core/approval/decision.ts';
import { requestDigest } from '../../../src/core/approval/digest.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import { parseRequest, type RequestBody } from '../../../src/core/approval/request.ts';
import type { TeamState } from '../../../src/core/approval/teamChain.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import type { Rule } from '../../../src/core/approval/terms.ts';
import type { AuditRecord } from '../../../src/core/audit/record.ts';
import { epochMs } from '../../../src/core/brand.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { ConnectionProfile } from '../../../src/core/profile/connection.ts';
import type { EffectivePolicy } from '../../../src/core/policy/policy.ts';
import { createLog } from '../../../src/server/log.ts';
import { serve, type RunningServer } from '../../../src/server/serve.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { systemClock } from '../clock.ts';
import { crypto, passkey, softwareKey, type OwnKey } from './keys.ts';
import { consent, decide, signedTeam, teamBody, type Asked } from './people.ts';
import { page } from './relay.ts';
import { createVault } from './vault.ts';

export type Person = 'alice' | 'bob' | 'carol';
export const usualRule: Rule = { match: { env: 'production' }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false };

export type WorldOptions = {
  readonly profile: ConnectionProfile;
  readonly session: () => Session;
  readonly analyser: SqlAnalyser;
  /** Where requests are kept, and the key they are sealed with. Absent: a place of its own. */
  readonly kept?: { readonly folder: string; readonly vault: SecretStore };
  /** Absent: what is recorded is in `records`. */
  readonly journal?: Journal;
  /** Folder of what that journal writes. */
  readonly spool?: string;
  readonly rules?: readonly Rule[];
};

/** What one run may bend. */
export type Bent = { readonly approvals?: Partial<Approvals>; readonly order?: Partial<RunRequest>; readonly ports?: Partial<ApprovedPorts> };

export type World = {
  readonly keys: Readonly<Record<Person | 'aliceToo', OwnKey>>;
  readonly server: RunningServer;
  readonly origin: string;
  readonly pending: PendingRequests;
  /** Where they are. */
  readonly requests: string;
  readonly filing: Filing;
  readonly records: AuditRecord[];
  /** Milliseconds by which Alice's clock is ahead. */
  ahead: number;
  /** As Alice believes it. */
  team: TeamState | undefined;
  /** Kinds of records that cannot be made durable. */
  failing: readonly AuditRecord['kind'][];
  /** Whether another machine takes records. */
  receipts: boolean;
  /** What the person says when they are asked, in this order; then they roll back. */
  consents: readonly Consent[];
  /** What the panel refused. */
  readonly refusals: string[];
  /** Called whenever an approved request is about to run. */
  beforeRun: () => Promise<void>;
  /** Another version, in force from now on. */
  rotate(change: { readonly revoked?: readonly Person[]; readonly without?: readonly Person[] }): Promise<void>;
  ask(text: string, bent?: Bent): Promise<Outcome>;
  /** Asks, and expects to have asked. */
  asked(text: string, bent?: Bent): Promise<PendingRequest>;
  body(entry: PendingRequest): RequestBody;
  answer(entry: PendingRequest, who: Person, change?: Partial<DecisionBody>, keys?: readonly OwnKey[]): Promise<Envelope>;
  /** What Alice signs to commit it without others; another one's signature, where a test wants it. */
  consent(entry: PendingRequest, change?: Partial<DecisionBody>, keys?: readonly OwnKey[], who?: Person): Promise<Envelope>;
  /** Arrived, from wherever. */
  deliver(entry: PendingRequest, ...envelopes: readonly unknown[]): Promise<void>;
  run(entry: Pick<PendingRequest, 'id'>, bent?: Bent): Promise<ApprovedEnd>;
  close(): Promise<void>;
};

export async function createWorld({ profile, session, analyser, kept, journal: recorded, spool, rules = [usualRule] }: WorldOptions): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'world-'));
  const { folder: requests, vault } = kept ?? { folder, vault: createVault() };
  const keys = { alice: await softwareKey(), aliceToo: await passkey(), bob: await passkey(), carol: await passkey() };
  const people = (revoked: readonly Person[] = [], without: readonly Person[] = []) =>
    [{ id: 'alice', keys: [keys.alice, keys.aliceToo] }, { id: 'bob', keys: [keys.bob] }, { id: 'carol', keys: [keys.carol] }]
      .filter(({ id }) => !without.includes(id as Person))
      .map((person) => ({ ...person, revoked: revoked.includes(person.id as Person) ? [0] : [] }));
  const chain = [await signedTeam(teamBody(people(), { policy: { confirmations: rules } }), [keys.alice])];
  const unlimited = { readsPerMinute: 10_000_000, writesPerMinute: 10_000_000, openRequests: 1_000_000, waiting: 1000 };
  const server = await serve({ store: await openSqlite(':memory:'), log: createLog(() => undefined), page, limits: unlimited, admission: 'any' }, { host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${String(server.port)}`;
  const records: AuditRecord[] = [];
  const now = (): number => Date.now() + world.ahead;
  const pending = createPendingRequests({ folder: requests, secrets: () => vault });
  const teamPort: Approvals['team'] = {
    state: () => Promise.resolve(world.team),
    self: () => Promise.resolve(selfOf(world.team, keys.alice)),
  };
  const relay = connectRelay(crypto, origin);
  const filing = createFiling({
    crypto,
    team: teamPort,
    servers: { candidates: () => Promise.resolve({ urls: [origin] }), relay: () => Promise.resolve(relay) } as never,
    pins: { chain: () => Promise.resolve(chain) },
    now,
  });
  const approvals: Approvals = { crypto, team: teamPort, pending, filing };
  const journal: Journal = recorded ?? {
    async intent(record, demand) {
      if (demand === 'receipt' && !world.receipts) throw new Error('no endpoint');
      if (world.failing.includes(record.kind)) throw new Error('the disk is full');
      records.push(record);
      return await Promise.resolve({ id: String(records.length) } as IntentReceipt);
    },
    outcome: (record) => (records.push(record), Promise.resolve()),
  };
  const ports = (bent: Bent, review?: Review): ApprovedPorts => ({
    analyser,
    sessions: { acquire: () => Promise.resolve({ kind: 'open', session: session() }) },
    reviewer: { open: () => review ?? nobody, ask: () => review ?? nobody },
    results: { begin: () => ({ sink: () => ({ columns: () => undefined, rows: () => undefined, notice: () => undefined }), ended: () => undefined, finished: () => undefined }) },
    journal,
    clock: { ...systemClock, now: () => epochMs(now()) },
    approvals: { ...approvals, ...bent.approvals },
    ranBefore: async ({ run, created }) => (spool === undefined ? records.some((record) => record.kind === 'commit-intent' && record.run === run) : await wasAnnounced(spool, run, created)),
    ...bent.ports,
  });
  const policy = (): EffectivePolicy => ({
    access: 'preview',
    elevated: false,
    typedConfirmation: true,
    confirmation: { team: world.team === undefined ? { kind: 'none' } : world.team.kind === 'refused' ? world.team : { kind: 'accepted', rules: world.team.team.body.policy.confirmations } },
  });
  const order = (bent: Bent) => ({
    actor: { kind: 'human', osUser: 'alice', host: 'laptop' } as const,
    connection: profile,
    policy: policy(),
    limits: { lockTimeoutMs: 2000, statementTimeoutMs: 10_000, holdMs: 30_000, maxRows: 50, rowLimit: 50, byteLimit: 1e6 },
    signal: new AbortController().signal,
    ...bent.order,
  });
  let runs = 0;
  const askedIn = async (entry: PendingRequest): Promise<Asked> => ({ body: world.body(entry), bytes: entry.body, digest: await requestDigest(crypto, entry.body), envelope: entry.envelope });

  const world: World = {
    keys,
    server,
    origin,
    pending,
    requests,
    filing,
    records,
    ahead: 0,
    team: undefined,
    failing: [],
    receipts: true,
    consents: [{ kind: 'ask-peer', reason: 'the customer asked for it', whom: ['bob'] }],
    refusals: [],
    beforeRun: () => Promise.resolve(),
    async rotate({ revoked, without }) {
      const current = world.team;
      if (current?.kind !== 'accepted') throw new Error('there is no team');
      const next = await signedTeam(teamBody(people(revoked, without), { policy: { confirmations: rules }, version: current.team.body.version + 1, prev: current.team.digest }), [keys.alice]);
      chain.push(next);
      world.team = await acceptTeam(crypto, current.team, [next]);
    },
    async ask(text, bent = {}) {
      const consents = [...world.consents];
      const review: Review = {
        decision: () => Promise.resolve(consents.shift() ?? { kind: 'roll-back', why: 'declined' }),
        images: () => undefined,
        refuse: (message) => world.refusals.push(message),
        committing: () => undefined,
        end: () => undefined,
      };
      runs += 1;
      return await runStatement(ports(bent, review), { ...order(bent), run: `run-${String(runs)}`, document: 'file:///a.sql', text, mode: 'run', ...bent.order });
    },
    async asked(text, bent) {
      const outcome = await world.ask(text, bent);
      const entry = outcome.kind === 'awaiting-confirmation' ? await pending.get(outcome.request) : undefined;
      if (!entry) throw new Error(`nobody was asked: ${JSON.stringify(outcome)}`);
      return entry;
    },
    body(entry) {
      const body = parseRequest(entry.body);
      if (!body) throw new Error('no request');
      return body;
    },
    async answer(entry, who, change = {}, signers = [keys[who]]) {
      const asked = await askedIn(entry);
      const { afterwards } = asked.body;
      return await decide(asked, who, signers, { time: now(), expires: asked.body.expires, ...(afterwards === undefined ? {} : { afterwards: afterwards.run }), ...change });
    },
    async consent(entry, change = {}, signers = [keys.aliceToo], who = 'alice') {
      const asked = await askedIn(entry);
      return await consent(asked, who, signers, { time: now(), expires: asked.body.expires, ...change });
    },
    async deliver({ id }, ...envelopes) {
      await pending.change(id, { decisions: envelopes });
    },
    async run({ id }, bent = {}) {
      await world.beforeRun();
      return await runApproved(ports(bent), { ...order(bent), request: id });
    },
    async close() {
      await server.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  world.team = await acceptTeam(crypto, undefined, chain);
  return world;
}

function selfOf(team: TeamState | undefined, key: OwnKey): Awaited<ReturnType<Approvals['team']['self']>> {
  const found = team?.kind === 'accepted' ? team.team.keys.get(key.keyid) : undefined;
  return found && { member: found.member, signer: key.signer };
}

const nobody: Review = {
  decision: () => Promise.resolve({ kind: 'roll-back', why: 'declined' }),
  images: () => undefined,
  refuse: () => undefined,
  committing: () => undefined,
  end: () => undefined,
};
