/** Runs the command line as people do: the bundle, in a process of its own. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const bundle = fileURLToPath(new URL('dist/cli.js', root));
let built: Promise<Ended> | undefined;

/** What a process left behind. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Builds once, unless the whole run did, then runs `countersign` with these arguments and this standard input. */
export async function countersign(args: readonly string[], input: string | Uint8Array = ''): Promise<Ended> {
  const build = await (built ??= process.env['COUNTERSIGN_BUILT'] === 'yes' ? Promise.resolve({ code: 0, stdout: '', stderr: '' }) : node([fileURLToPath(new URL('scripts/build.mjs', root))], ''));
  if (build.code !== 0) throw new Error(`The bundle cannot be built: ${build.stderr}`);
  return node([bundle, ...args], input);
}

async function node(args: readonly string[], input: string | Uint8Array): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // A command that refuses its arguments ends without reading.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.on('close', resolve))]);
  return { code, stdout, stderr };
}
