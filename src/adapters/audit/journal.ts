/** The journal: every record is an event of the spool, on disk before anybody goes on. */
import { performance } from 'node:perf_hooks';
import type { Clock, IntentReceipt, Journal } from '../../app/ports.ts';
import type { ChainedEvent, EventBody } from '../../core/audit/chain.ts';
import type { AuditRecord } from '../../core/audit/record.ts';
import { AppError, toFailure } from '../../core/errors.ts';
import type { Spool } from './spool/spool.ts';

export type JournalOptions = {
  readonly spool: Spool;
  readonly clock: Clock;
  /** Asked before anything runs: what policy says about records on other machines. Absent: nothing. */
  readonly receipts?: () => Receipts;
  /** An outcome could not be written yet. Called once until writing works again. */
  readonly onTrouble?: (message: string) => void;
};

export type Receipts =
  | { readonly kind: 'not-required' }
  /** Required, and there is nobody to give one. */
  | { readonly kind: 'missing' }
  /** Rejects, naming who did not answer, when that takes too long. */
  | { readonly kind: 'required'; readonly waitFor: (event: Pick<ChainedEvent, 'stream' | 'seq'>) => Promise<void> };

export interface SpooledJournal extends Journal {
  /** Tries once more what is still unwritten. Never rejects. */
  flush(): Promise<void>;
}

const retryMs = [1000, 5000, 15_000, 60_000];

export function createJournal({ spool, clock, receipts = notRequired, onTrouble }: JournalOptions): SpooledJournal {
  /** In the order in which they happened. The first one is being tried. */
  const unwritten: EventBody[] = [];
  let stopTimer: (() => void) | undefined;
  let failures = 0;
  let retrying: Promise<void> | undefined;

  /** At most one at a time, or two of them would write one record twice and drop another. */
  const retry = async (): Promise<void> => {
    retrying ??= writeUnwritten().finally(() => (retrying = undefined));
    await retrying;
  };

  const writeUnwritten = async (): Promise<void> => {
    stopTimer?.();
    stopTimer = undefined;
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
  };

  const postpone = (thrown: unknown): void => {
    if (failures === 0) onTrouble?.(troubleText(thrown));
    const delay = retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;
    failures += 1;
    stopTimer?.();
    stopTimer = clock.after(delay, () => void retry());
  };

  return {
    async intent(record) {
      // What cannot be received anywhere is not even begun.
      const wanted = needsReceipt(record) ? receipts() : ({ kind: 'not-required' } as const);
      if (wanted.kind === 'missing') throw new AppError({ code: 'audit', message: noEndpoint });
      const { stream, seq } = await spool.append(bodyOf(record)).catch((thrown: unknown) => {
        throw new AppError({ code: 'audit', message: refusalText(thrown) }, { cause: thrown });
      });
      if (wanted.kind === 'required') await wanted.waitFor({ stream, seq });
      return { id: `${stream}/${String(seq)}` } as IntentReceipt;
    },
    async outcome(record) {
      const body = bodyOf(record);
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
    },
    flush: retry,
  };
}

const notRequired = (): Receipts => ({ kind: 'not-required' });

/** Before anything runs. A commit-intent is made while locks are held, and the intent before it said what was to come. */
function needsReceipt({ kind }: AuditRecord): boolean {
  return kind === 'intent' || kind === 'elevation';
}

const noEndpoint =
  'Nothing was changed: your policy allows no write before its record is received on another machine (setting countersign.audit.required), and no endpoint is set up. Add one in the setting countersign.audit.endpoints. Reads go on.';

/** `mono` goes on evenly where the clock is set back or forth, in milliseconds since the program began. */
function bodyOf(record: AuditRecord): EventBody {
  return { ...record, mono: Math.round(performance.now()) };
}

function refusalText(thrown: unknown): string {
  return `Nothing was committed: the intent could not be recorded. ${toFailure(thrown).message} Make room or fix the permissions, then run again.`;
}

function troubleText(thrown: unknown): string {
  return `What happened to the data could not be recorded yet. ${toFailure(thrown).message} It is kept and tried again; make room or fix the permissions before you close this window.`;
}
