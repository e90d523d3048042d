/** Whether the server of a request can be heard: an interruption that does not end by itself is told, and so is its end. */
import type { Clock } from '../../../app/ports.ts';

/** `lost`: it answers, and knows nothing of the request. */
export type ServerLine = { readonly kind: 'silent'; /** Epoch ms. */ readonly since: number } | { readonly kind: 'lost' };

export interface LineWatch {
  say(state: 'waiting' | 'interrupted'): void;
  /** The server has no such request, or has it no more. */
  lose(): void;
  stop(): void;
}

/** Servers are restarted, and machines wake up. */
const patienceMs = 15_000;

/** @param tell - `undefined`: it can be heard again */
export function watchLine(clock: Clock, tell: (line: ServerLine | undefined) => void): LineWatch {
  let cancel: (() => void) | undefined;
  let isTold = false;
  const told = (line: ServerLine): void => {
    isTold = true;
    tell(line);
  };
  const stop = (): void => {
    cancel?.();
    cancel = undefined;
  };
  return {
    say(state) {
      if (state === 'interrupted') {
        const since = clock.now();
        if (!isTold) cancel ??= clock.after(patienceMs, () => told({ kind: 'silent', since }));
        return;
      }
      stop();
      if (isTold) tell(undefined);
      isTold = false;
    },
    lose() {
      stop();
      told({ kind: 'lost' });
    },
    stop,
  };
}
