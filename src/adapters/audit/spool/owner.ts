/** Who writes a stream, so that others can tell whether it is over. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ownerFile = 'owner.json';

/** Says that this process writes the stream. The returned function takes it back. */
export async function claimStream(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, ownerFile);
  await writeFile(file, JSON.stringify({ pid: process.pid, began: await beginOf(process.pid) }), { mode: 0o600 });
  return async () => await rm(file, { force: true });
}

/** False when nobody can append to the stream any more: it was closed, or its writer is gone. */
export async function hasLivingOwner(folder: string): Promise<boolean> {
  try {
    const { pid, began } = JSON.parse(await readFile(path.join(folder, ownerFile), 'utf8')) as { pid: number; began: string | null };
    return isRunning(pid) && (await beginOf(pid)) === began;
  } catch {
    // No owner, or one that was cut off while it was written, which only a crash does.
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the process began, in the kernel's own unit: numbers of processes are used again. `null` where nobody tells. */
async function beginOf(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    // Not Linux: the number has to do.
    return null;
  }
}
