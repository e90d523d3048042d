/** The real clock behind the `Clock` port, for tests against real servers. */
import { epochMs } from '../../src/core/brand.ts';
import type { Clock } from '../../src/app/ports.ts';

export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
