/**
 * Outlives the process that started it, by moments: when that one ends, in whatever way, stops what it left running and
 * removes its temporary folders. Orders come as one JSON per line on stdin; the end of stdin is the end of the owner.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './processes.mjs';

const processes = new Map();
const folders = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.process) processes.set(order.process.pid, order.process);
  if (order.folder) folders.add(order.folder);
  if (order.releaseProcess) processes.delete(order.releaseProcess);
  if (order.releaseFolder) folders.delete(order.releaseFolder);
}

signalAll(({ signal }) => signal);
for (let waited = 0; waited < 5000 && [...processes.values()].some(({ pid }) => isRunning(pid)); waited += 50) await delay(50);
signalAll(() => 'SIGKILL');
await delay(100);
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

function signalAll(signalOf) {
  for (const entry of processes.values()) send(entry, signalOf(entry));
}

function send({ pid, group }, signal) {
  try {
    process.kill(group ? -pid : pid, signal);
  } catch {
    // Already gone, which is what is wanted.
  }
}
