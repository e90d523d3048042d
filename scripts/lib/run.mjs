/** Runs programs and waits for them. */
import { spawn } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, input?: string, uid?: number, gid?: number, timeoutMs?: number}} [options]
 *   `quiet` keeps the output for the result instead of passing it on
 * @returns {Promise<{code: number, output: string}>} `output`: stdout and stderr together; empty unless `quiet`
 * @throws when the program cannot be started at all
 */
export function run(file, args, options = {}) {
  const { cwd, env = process.env, quiet = false, input, uid, gid, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env,
      uid,
      gid,
      stdio: [input === undefined ? 'ignore' : 'pipe', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text) => (output += text));
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), output }));
    if (input !== undefined) child.stdin?.end(input);
  });
}

/** Like `run` with `quiet`, but any exit code other than 0 is an error that carries the output. */
export async function runOrThrow(file, args, options = {}) {
  const { code, output } = await run(file, args, { ...options, quiet: true });
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ended with code ${code}\n${output.trim()}`);
  return output;
}
