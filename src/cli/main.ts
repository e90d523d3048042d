#!/usr/bin/env node
/** The command line: what a text will do, and the same safe way to run it, without an editor. */

import { checkCommand } from './checkCommand.ts';
import { classifyCommand } from './classifyCommand.ts';
import { serveCommand } from './serveCommand.ts';
import { UsageError, usage } from './usage.ts';

/** Exit codes: 0 done, 1 a check found something or a run failed, 2 the command was not understood or a file could not be read, 3 not committed. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case 'classify':
        return await classifyCommand(rest);
      case 'check':
        return await checkCommand(rest);
      case 'serve':
        return await serveCommand(rest);
      case 'run':
        // Drivers and sessions: what only looks at text need not read them.
        return await (await import('./run/runCommand.ts')).runCommand(rest);
      case 'audit':
        return await (await import('./audit/auditCommand.ts')).auditCommand(rest);
      case 'review': case 'join': {
        const { joinCommand, reviewCommand } = await import('./review/reviewCommand.ts');
        return await (command === 'join' ? joinCommand : reviewCommand)(rest);
      }
      case undefined: case 'help': case '--help': case '-h':
        process.stdout.write(usage);
        return command === undefined ? 2 : 0;
      default:
        throw new UsageError(`There is no command "${command}".`);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
}

// A reader that closes the pipe early has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 2);
});
process.exitCode = await main(process.argv.slice(2));
