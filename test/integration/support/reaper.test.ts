/** Whatever starts servers may be killed at any time: nothing of it stays. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from '../../../scripts/lib/processes.mjs';

const starter = `
  import { startPostgres } from ${JSON.stringify(new URL('../../../scripts/lib/postgres.mjs', import.meta.url).href)};
  import { temporaryFolder } from ${JSON.stringify(new URL('../../../scripts/lib/reaper.mjs', import.meta.url).href)};
  const folder = await temporaryFolder();
  const server = await startPostgres();
  setInterval(() => undefined, 1000);
  console.log(JSON.stringify({ folder, pid: server.pid }));`;

async function becomes(condition: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(20)) if (condition()) return true;
  return false;
}

void describe('a run that ends', () => {
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
    void it(`by ${signal} leaves no server and no folder`, async () => {
      const runner = spawn(process.execPath, ['--input-type=module', '--eval', starter], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(createInterface({ input: runner.stdout }), 'line')) as [string];
      const { folder, pid } = JSON.parse(line) as { folder: string; pid: number };
      assert.ok(isRunning(pid) && existsSync(folder));
      runner.kill(signal);
      assert.ok(await becomes(() => !isRunning(pid)), 'the server ended');
      assert.ok(await becomes(() => !existsSync(folder)), 'the folder is gone');
    });
  }
});
