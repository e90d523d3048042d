/** In-memory ports that write down what was asked of them, in order. */
import { epochMs } from '../../src/core/brand.ts';
import type { Preview, TableImages } from '../../src/core/effect/preview.ts';
import type { CommitResult, Settlement } from '../../src/core/outcome.ts';
import type { ConnectionId, ConnectionProfile } from '../../src/core/profile/connection.ts';
import type { NameAnswer } from '../../src/core/sql/settleNames.ts';
import type { ScriptVerdict } from '../../src/core/sql/verdict.ts';
import type { AuditRecord } from '../../src/core/audit/record.ts';
import type { AloneEnd, ChangeStart, Clock, Consent, IntentReceipt, OpenChange, ReadEnd, Review, SessionStart } from '../../src/app/ports.ts';
import type { RunPorts, RunRequest } from '../../src/app/run.ts';

export type Script = {
  verdict: ScriptVerdict;
  consents?: Consent[];
  start?: ChangeStart;
  /** Starts of one run after the other, before `start` is given. A change of these is made with `fakeChange`. */
  starts?: ((log: string[]) => ChangeStart)[];
  /** What a person says to the cost. Absent: nobody can be asked. */
  worthIt?: boolean;
  /** How a statement ends that runs alone. Absent: the session cannot run any. */
  alone?: AloneEnd;
  acquire?: SessionStart;
  commit?: CommitResult;
  settle?: Settlement;
  ended?: Promise<'server-timeout' | 'connection-lost'>;
  reads?: ReadEnd[];
  images?: Promise<readonly TableImages[]>;
  /** What the catalogue says about names; absent: this database cannot be asked. */
  lookUp?: NameAnswer;
  /** Kinds of records that cannot be made durable. */
  failingRecords?: readonly AuditRecord['kind'][];
};

export const preview: Preview = {
  statements: [{ text: 'delete from t', commandTag: 'DELETE 3', rows: 3 }],
  effects: [{ table: { schema: 'public', table: 't' }, inserted: 0, updated: 0, deleted: 3, why: 'statement' }],
  permanent: [],
  notices: [],
  transactionId: '742',
  openedAt: epochMs(0),
  expiresAt: epochMs(120_000),
};

export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Map<() => void, number>();
  now(): ReturnType<Clock['now']> {
    return epochMs(this.#now);
  }
  after(milliseconds: number, callback: () => void): () => void {
    this.#timers.set(callback, this.#now + milliseconds);
    return () => this.#timers.delete(callback);
  }
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const [callback, due] of [...this.#timers]) {
      if (due > this.#now) continue;
      this.#timers.delete(callback);
      callback();
    }
  }
  get pending(): number {
    return this.#timers.size;
  }
}

/** An open change that logs how it ends. */
export function fakeChange(log: string[], facts: Partial<OpenChange> = {}): OpenChange {
  return {
    preview,
    ended: new Promise<never>(() => undefined),
    images: () => Promise.resolve([]),
    commit: () => (log.push('commit'), Promise.resolve({ kind: 'acknowledged' })),
    rollback: () => (log.push('rollback'), Promise.resolve()),
    ...facts,
  };
}

export function createFakes(script: Script): { ports: RunPorts; log: string[]; records: AuditRecord[]; clock: ManualClock } {
  const log: string[] = [];
  const records: AuditRecord[] = [];
  const clock = new ManualClock();
  const never = new Promise<never>(() => undefined);
  const consents = [...(script.consents ?? [])];
  const reads = [...(script.reads ?? [])];
  const answer = script.lookUp;
  const starts = [...(script.starts ?? [])];
  const { alone, worthIt } = script;
  const change = fakeChange(log, {
    ended: script.ended ?? never,
    images: async () => await (script.images ?? Promise.resolve([])),
    commit: () => (log.push('commit'), Promise.resolve(script.commit ?? { kind: 'acknowledged' })),
  });
  const review = (): Review => ({
    decision: () => {
      const next = consents.shift();
      return next ? Promise.resolve(next) : never;
    },
    images: () => log.push('images'),
    refuse: () => log.push('refuse'),
    waiting: (waiters) => log.push(`waiting ${String(waiters.length)}`),
    committing: () => log.push('committing'),
    end: (outcome) => log.push(`end:${outcome.kind}`),
  });
  const read = (how: string) => () => {
    log.push(how);
    return Promise.resolve(reads.shift() ?? ({ kind: 'done', rows: 1, commandTag: 'SELECT 1' } as const));
  };
  const record = (entry: AuditRecord): void => {
    if (script.failingRecords?.includes(entry.kind)) throw new Error('disk full');
    log.push(`audit:${entry.kind}`);
    records.push(entry);
  };
  const ports: RunPorts = {
    clock,
    analyser: { analyse: () => Promise.resolve(script.verdict) },
    sessions: {
      acquire: () => {
        log.push('acquire');
        return Promise.resolve(
          script.acquire ?? {
            kind: 'open',
            session: {
              server: { dialect: 'postgresql', version: '18.4', database: 'shop', user: 'app', encrypted: true },
              read: read('read'),
              execute: read('execute'),
              ...(answer && { lookUp: () => (log.push('look up'), Promise.resolve(answer)) }),
              beginChange: () => (log.push('begin'), Promise.resolve(starts.shift()?.(log) ?? script.start ?? { kind: 'open', change })),
              place: () => Promise.resolve({ system: '7/1', database: 'shop', role: 'app', session: {} }),
              ...(alone && {
                inspect: () => (log.push('inspect'), Promise.resolve({ facts: [], unknown: [] })),
                runAlone: () => (log.push('run alone'), Promise.resolve(alone)),
              }),
              settle: () => (log.push('settle'), Promise.resolve(script.settle ?? 'unknown')),
              close: () => Promise.resolve(),
              lost: never,
              transactionState: () => 'none',
            },
          },
        );
      },
    },
    journal: {
      intent: async (entry) => {
        record(entry);
        return await Promise.resolve({ id: String(records.length) } as IntentReceipt);
      },
      outcome: (entry) => {
        log.push(`audit:${entry.kind}`);
        records.push(entry);
        return Promise.resolve();
      },
    },
    reviewer: {
      open: (request) => {
        log.push(`review${request.basis === 'rehearsed' ? ' rehearsed' : ''}${request.phrase === undefined ? '' : ` “${request.phrase}”`}`);
        return review();
      },
      ask: (request) => (log.push(`ask “${request.phrase}”`), review()),
      ...(worthIt !== undefined && { worthIt: () => (log.push('worth it?'), Promise.resolve(worthIt)) }),
    },
    results: {
      begin: () => ({
        sink: () => ({ columns: () => undefined, rows: () => undefined, notice: () => undefined }),
        ended: (_statement, end) => log.push(`shown:${end.kind}`),
        finished: () => undefined,
      }),
    },
  };
  return { ports, log, records, clock };
}

export const production: ConnectionProfile = {
  id: 'team:shop-prod' as ConnectionId,
  name: 'shop-prod',
  source: 'team',
  dialect: 'postgresql',
  environment: 'production',
  protected: true,
  host: 'db-1',
  port: 5432,
  user: 'app',
  database: 'shop',
  tls: { mode: 'verify-full' },
};

export function request(facts: Partial<RunRequest> = {}): RunRequest {
  return {
    run: 'r1',
    actor: { kind: 'human', osUser: 'mara', host: 'laptop' },
    document: 'file:///a.sql',
    connection: production,
    policy: { access: 'preview', elevated: false, typedConfirmation: true },
    text: 'text',
    mode: 'run',
    limits: { lockTimeoutMs: 2000, statementTimeoutMs: 30_000, holdMs: 120_000, maxRows: 500, rowLimit: 500, byteLimit: 1e6 },
    signal: new AbortController().signal,
    ...facts,
  };
}
