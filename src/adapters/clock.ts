/** The machine's clock behind the `Clock` port. */
import type { Clock } from '../app/ports.ts';
import { epochMs } from '../core/brand.ts';

export function createClock(): Clock {
  return {
    now: () => epochMs(Date.now()),
    after(milliseconds, callback) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}
