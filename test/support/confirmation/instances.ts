/** Starts servers as processes. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { callAt } from './relay.ts';
import type { Call } from './relay.ts';

export type Instance = { readonly process: ChildProcess; readonly port: number; readonly origin: string; readonly call: Call; /** At once, without a word. */ readonly kill: () => Promise<void>; readonly stop: () => Promise<void> };

/** @param where - URL of a PostgreSQL database, or a file */
export async function startInstance(where: string, port = 0): Promise<Instance> {
  const child = fork(new URL('instance.ts', import.meta.url), [where, String(port)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: ['--disable-warning=ExperimentalWarning'] });
  const [line] = (await Promise.race([once(child.stdout ?? process.stdin, 'data'), once(child, 'exit').then(() => [''])])) as [Buffer | string];
  const bound = Number(String(line));
  if (!(bound > 0)) throw new Error('the server did not start');
  const origin = `http://127.0.0.1:${String(bound)}`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return { process: child, port: bound, origin, call: callAt(origin), kill: async () => await end('SIGKILL'), stop: async () => await end('SIGTERM') };
}
