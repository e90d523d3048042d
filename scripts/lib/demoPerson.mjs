/**
 * The second person of the demo: whatever invitation or request is pasted into the terminal, Robin answers it there, with
 * a key of their own, through the same command line that anybody can use.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './paths.mjs';

const name = 'Robin (demo)';
const cli = path.join(root, 'dist/cli.js');

export const demoPersonHint = `A second person is here too. In the editor run “Countersign: Set Up a Team”, then “Countersign: Invite Somebody”, and paste
the link here: ${name} joins with a key of their own and says six words for you to compare. Later paste the link of a
request, and answer it as ${name}.`;

/** Reads lines until the terminal is closed; does nothing where there is no terminal. */
export async function startDemoPerson(folder) {
  if (!process.stdin.isTTY) return;
  await mkdir(folder, { recursive: true });
  const key = path.join(folder, 'robin.key');
  const listen = () => {
    const lines = createInterface({ input: process.stdin, terminal: false });
    lines.once('line', (line) => {
      // The command line asks by itself, at the same terminal.
      lines.close();
      void answer(line.trim(), key).finally(listen);
    });
  };
  listen();
}

async function answer(text, key) {
  if (text === '') return;
  if (!/#1\.|cfm1\./u.test(text)) return console.log('Paste the link of an invitation or of a request; Ctrl+C stops everything.');
  const command = existsSync(key) ? ['review', text] : ['join', text, '--name', name];
  const child = spawn(process.execPath, [cli, ...command, '--key', key], { stdio: 'inherit' });
  await new Promise((resolve) => child.on('close', resolve));
}
