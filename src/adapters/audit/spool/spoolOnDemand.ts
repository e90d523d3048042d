/** The spool, loaded with the first event: a window in which nothing is recorded never reads or writes any of it. */
import { AppError, toFailure } from '../../../core/errors.ts';
import { onDemand } from '../../onDemand.ts';
import type { Spool, SpoolOptions } from './spool.ts';

type Listener = Parameters<Spool['onAppended']>[0];

/**
 * Keeps every promise of a spool. While it is loading, events wait in order; when it cannot be loaded, none is taken:
 * each append rejects, and whoever needs the record goes no further.
 *
 * @param load - brings the spool in; tests bring their own
 */
export function createSpoolOnDemand(options: SpoolOptions, load = async () => await import('./spool.ts')): Spool {
  const listeners = new Set<Listener>();
  let spool: Spool | undefined;
  let isClosed = false;
  const made = onDemand(async () => {
    const { createSpool } = await load().catch(cannotLoad);
    spool = createSpool(options);
    spool.onAppended((events) => listeners.forEach((listen) => listen(events)));
    return spool;
  });
  /** Closing waits for what was asked for before it. */
  let last: Promise<unknown> = Promise.resolve();
  return {
    async append(body) {
      // Closed before anything was recorded: it is not begun for the sake of a refusal.
      if (isClosed && !spool) throw new Error('The record was not written: the spool is closed.');
      const appended = made().then(async (there) => await there.append(body));
      last = appended.catch(() => undefined);
      return await appended;
    },
    onAppended(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get head() {
      return spool?.head;
    },
    async close() {
      isClosed = true;
      await last;
      await spool?.close();
    },
  };
}

function cannotLoad(cause: unknown): never {
  const message = `The part of Countersign that writes records could not be loaded; if that stays so, install the extension again. (${toFailure(cause).message})`;
  throw new AppError({ code: 'audit', message }, { cause });
}
