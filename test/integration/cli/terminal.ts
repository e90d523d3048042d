/** A terminal with a person at it, as far as a program can be one: util-linux's `script` gives the process a real pty. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** Why no terminal can be had here, for `skip`. */
export const noTerminal = existsSync('/usr/bin/script') ? false : 'there is no /usr/bin/script on this machine';

/** Answers each question, when it appears, with the line beside it. */
export type Answers = readonly (readonly [question: RegExp, line: string])[];

/** @returns everything the person saw, and the exit code */
export async function atTerminal(args: readonly string[], answers: Answers, env: Readonly<Record<string, string>> = {}): Promise<{ readonly screen: string; readonly code: number | null }> {
  const command = [process.execPath, bundle, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const child = spawn('/usr/bin/script', ['--quiet', '--return', '--command', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const open = [...answers];
  let screen = '';
  let looked = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const found = open[0]?.[0].exec(screen.slice(looked));
    if (!found) return;
    looked += found.index + found[0].length;
    child.stdin.write(`${open.shift()?.[1] ?? ''}\n`);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { screen, code };
}
