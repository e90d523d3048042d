/** Passwords in the file that PostgreSQL's own programs read (`~/.pgpass`, or what PGPASSFILE names). */
import { readFile, stat } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import path from 'node:path';
import type { ConnectionProfile } from '../../core/profile/connection.ts';

/**
 * The first line that fits, as libpq picks it: `host:port:database:user:password`, `*` fits everything, `\` quotes.
 * A file that others may read holds nothing we may use.
 */
export async function findInPasswordFile(profile: Pick<ConnectionProfile, 'host' | 'port' | 'database' | 'user'>, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const text = await readPrivate(env['PGPASSFILE'] ?? defaultFile(env));
  const wanted = [profile.host.startsWith('/') ? 'localhost' : profile.host, String(profile.port), profile.database, profile.user];
  for (const line of text?.split(/\r?\n/u) ?? []) {
    if (line.startsWith('#')) continue;
    const fields = splitFields(line);
    if (fields.length === 5 && wanted.every((value, index) => fields[index] === '*' || fields[index] === value)) return fields[4];
  }
  return undefined;
}

function splitFields(line: string): readonly string[] {
  const fields = line.match(/(?:\\.|[^:\\])*(?::|$)/gu)?.slice(0, 5) ?? [];
  return fields.map((field) => field.replace(/:$/u, '').replaceAll(/\\(.)/gu, '$1'));
}

async function readPrivate(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if (platform() !== 'win32' && (mode & 0o077) !== 0) return undefined;
    return await readFile(file, 'utf8');
  } catch {
    // Not there, or not ours to read: then there is no password in it.
    return undefined;
  }
}

function defaultFile(env: NodeJS.ProcessEnv): string {
  return platform() === 'win32' ? path.join(env['APPDATA'] ?? homedir(), 'postgresql', 'pgpass.conf') : path.join(homedir(), '.pgpass');
}
