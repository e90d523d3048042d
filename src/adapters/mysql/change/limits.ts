/** The server's own limits on a change: how long it waits for locks, and how long it lives when nobody decides. */
import type { ChangeLimits } from '../../../app/ports.ts';
import { shortDeadlineMs, type Context } from '../context.ts';
import type { QueryEnd } from '../line.ts';
import { ask } from './asking.ts';

/** How much longer the server waits than the countdown: normally the countdown ends the change. */
const idleMarginMs = 1000;

/** Throws `Unanswered`. */
export async function setLimits({ line, server }: Context, { lockTimeoutMs, holdMs }: ChangeLimits): Promise<void> {
  const locks = wholeSeconds(lockTimeoutMs);
  // Read-only from rest: whatever ends our transaction early, the next statement writes nothing.
  const idle = wholeSeconds(holdMs + idleMarginMs);
  const idleLimits = server.dialect === 'mariadb' ? ['idle_transaction_timeout', 'idle_write_transaction_timeout', 'idle_readonly_transaction_timeout'] : ['wait_timeout'];
  const settings = [`innodb_lock_wait_timeout = ${locks}`, `lock_wait_timeout = ${locks}`, ...idleLimits.map((name) => `${name} = ${idle}`)];
  await ask(line, `SET ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`, { deadlineMs: shortDeadlineMs });
}

/** For a statement that runs outside of a change. @param milliseconds - `undefined`: as the server has it by default. Never rejects. */
export async function limitLockWaits({ line }: Context, milliseconds: number | undefined): Promise<QueryEnd> {
  const seconds = milliseconds === undefined ? 'DEFAULT' : wholeSeconds(milliseconds);
  return await line.run(`SET SESSION innodb_lock_wait_timeout = ${seconds}, SESSION lock_wait_timeout = ${seconds}`, { deadlineMs: shortDeadlineMs });
}

/** Once the change is over the session may wait again as long as it likes. Never rejects: a line that is gone waits for nothing. */
export async function liftLimits({ line, server }: Context): Promise<void> {
  if (line.isLost) return;
  const names = server.dialect === 'mariadb' ? ['idle_transaction_timeout', 'idle_write_transaction_timeout', 'idle_readonly_transaction_timeout'] : ['wait_timeout'];
  await line.run(`SET ${['innodb_lock_wait_timeout', 'lock_wait_timeout', 'sql_safe_updates', ...names].map((name) => `SESSION ${name} = DEFAULT`).join(', ')}`, { deadlineMs: shortDeadlineMs });
}

/** The server counts in whole seconds. */
export function wholeSeconds(milliseconds: number): string {
  return String(Math.max(1, Math.ceil(milliseconds / 1000)));
}
