/** The journal: every record is an event of the spool, on disk before anybody goes on. */
import { performance } from 'node:perf_hooks';
import type { Clock, IntentReceipt, Journal } from '../../app/ports.ts';
import type { ChainedEvent, EventBody } from '../../core/audit/chain.ts';
import type { AuditRecord, ControlRecord, UpkeepRecord } from '../../core/audit/record.ts';
import { AppError, toFailure } from '../../core/errors.ts';
import { sha256 } from './spool/digest.ts';
import type { Spool } from './spool/spool.ts';

export type JournalOptions = {
  readonly spool: Spool;
  readonly clock: Clock;
  /** The same in every record: which program this is. */
  readonly facts?: EventBody;
  /** Asked for each record: whether the text of statements is in it, or only its digest. Absent: the text. */
  readonly sql?: () => 'full' | 'hash';
  /** Asked before anything runs: what policy says about records on other machines. `receipt`: they are required whatever the settings say. Absent: nobody can give one. */
  readonly receipts?: (demand: 'spool' | 'receipt') => Receipts | Promise<Receipts>;
  /** An outcome could not be written yet. Called once until writing works again. */
  readonly onTrouble?: (message: string) => void;
};

export type Receipts =
  | { readonly kind: 'not-required' }
  /** Required, and nobody can give one. `why`: in words, with what to do. */
  | { readonly kind: 'impossible'; readonly why: string }
  /** Rejects, naming who did not answer, when that takes too long. */
  | { readonly kind: 'required'; readonly waitFor: (event: Pick<ChainedEvent, 'stream' | 'seq'>) => Promise<void> };

export interface SpooledJournal extends Journal {
  /** Tries once more what is still unwritten. Never rejects. */
  flush(): Promise<void>;
  /** Something that is no part of a run. Like `outcome`: never rejects, and is tried again. */
  note(record: ControlRecord | UpkeepRecord): Promise<void>;
}

type AnyRecord = AuditRecord | ControlRecord | UpkeepRecord;

const retryMs = [1000, 5000, 15_000, 60_000];

export function createJournal({ spool, clock, facts = {}, sql = () => 'full', receipts = notRequired, onTrouble }: JournalOptions): SpooledJournal {
  /** In the order in which they happened. The first one is being tried. */
  const unwritten: EventBody[] = [];
  let stopTimer: (() => void) | undefined;
  let failures = 0;
  /** When writing stopped working. */
  let gapSince: number | undefined;
  let retrying: Promise<void> | undefined;

  /** At most one at a time, or two of them would write one record twice and drop another. */
  const retry = async (): Promise<void> => {
    retrying ??= writeUnwritten().finally(() => (retrying = undefined));
    await retrying;
  };

  const writeUnwritten = async (): Promise<void> => {
    stopTimer?.();
    stopTimer = undefined;
    const gap = gapSince === undefined ? undefined : { kind: 'spool-gap', ...facts, since: gapSince, time: clock.now(), waited: unwritten.length };
    for (let body = unwritten[0]; body !== undefined; body = unwritten[0]) {
      try {
        await spool.append(body);
      } catch (thrown) {
        postpone(thrown);
        return;
      }
      unwritten.shift();
    }
    failures = 0;
    gapSince = undefined;
    // Whoever reads the records has to know that these were in memory only, and could have been lost.
    if (gap) await spool.append(gap).catch(() => undefined);
  };

  const postpone = (thrown: unknown): void => {
    if (failures === 0) onTrouble?.(troubleText(thrown));
    const delay = retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;
    failures += 1;
    gapSince ??= clock.now();
    stopTimer?.();
    stopTimer = clock.after(delay, () => void retry());
  };

  /** `mono` goes on evenly where the clock is set back or forth, in milliseconds since the program began. */
  const bodyOf = (record: AnyRecord): EventBody => ({ ...facts, ...(sql() === 'hash' ? withoutText(record) : record), mono: Math.round(performance.now()) });

  const keep = async (body: EventBody): Promise<void> => {
    // What waits already goes first.
    if (unwritten.length > 0) {
      unwritten.push(body);
      return;
    }
    try {
      await spool.append(body);
    } catch (thrown) {
      unwritten.push(body);
      postpone(thrown);
    }
  };

  return {
    async intent(record, demand = 'spool') {
      // What cannot be received anywhere is not even begun.
      const wanted = demand === 'receipt' || needsReceipt(record) ? await receipts(demand) : ({ kind: 'not-required' } as const);
      if (wanted.kind === 'impossible') throw new AppError({ code: 'audit', message: wanted.why });
      const { stream, seq } = await spool.append(bodyOf(record)).catch((thrown: unknown) => {
        throw new AppError({ code: 'audit', message: refusalText(thrown) }, { cause: thrown });
      });
      if (wanted.kind === 'required') await wanted.waitFor({ stream, seq });
      return { id: `${stream}/${String(seq)}` } as IntentReceipt;
    },
    outcome: async (record) => await keep(bodyOf(record)),
    note: async (record) => await keep(bodyOf(record)),
    flush: retry,
  };
}

const notRequired = (demand: 'spool' | 'receipt'): Receipts => (demand === 'receipt' ? { kind: 'impossible', why: noEndpoint } : { kind: 'not-required' });

/** Before anything runs. A commit-intent is made while locks are held, and the intent before it said what was to come. */
function needsReceipt({ kind }: AuditRecord): boolean {
  return kind === 'intent' || kind === 'elevation';
}

export const noEndpoint =
  'Nothing was changed: your policy allows no write before its record is received on another machine (setting countersign.audit.required, or the rules of your team), and no endpoint that keeps records is set up. Add one in the setting countersign.audit.endpoints. Reads go on.';

/** Same digest, same text: what ran can be recognised by whoever has it. */
function withoutText(record: AnyRecord): EventBody {
  if (!('sql' in record) || record.sql === undefined) return { ...record };
  const { sql, confirmation, ...rest } = record;
  const { statements: _statements, ...facts } = confirmation ?? {};
  return { ...rest, ...(confirmation === undefined ? {} : { confirmation: facts }), sqlSha256: sha256(sql) };
}

function refusalText(thrown: unknown): string {
  // Our own failures say what to do themselves; those of the disk do not.
  const remedy = thrown instanceof AppError ? '' : ' Make room or fix the permissions, then run again.';
  return `Nothing was committed: the intent could not be recorded. ${toFailure(thrown).message}${remedy}`;
}

function troubleText(thrown: unknown): string {
  return `What happened to the data could not be recorded yet. ${toFailure(thrown).message} It is kept and tried again; make room or fix the permissions before you close this window.`;
}
