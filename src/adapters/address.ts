/** Where and how to connect: what every line of one session shares. */
import { readFile } from 'node:fs/promises';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { Failure } from '../core/errors.ts';
import type { ConnectionProfile } from '../core/profile/connection.ts';

/** `false`: without TLS. */
export type TlsOptions = ConnectionOptions | false;

export type Address = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
  readonly tls: TlsOptions;
};

/** The address of a profile, or why its certificate authorities cannot be read. */
export async function addressOf(
  profile: ConnectionProfile,
  password: string | undefined,
): Promise<{ readonly address: Address } | { readonly failure: Failure }> {
  const { host, port, user, database } = profile;
  try {
    return { address: { host, port, user, database, password, tls: await tlsOptions(profile) } };
  } catch {
    // Only reading the file can throw, and which system error it was does not help more than its path.
    return { failure: unreadableAuthorities(profile.tls.caFile ?? '') };
  }
}

async function tlsOptions({ host, tls: { mode, caFile } }: ConnectionProfile): Promise<TlsOptions> {
  if (mode === 'disable') return false;
  if (mode === 'require') return { rejectUnauthorized: false };
  const trust = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') };
  return {
    ...trust,
    rejectUnauthorized: true,
    // The name is ours: drivers pass none for an IP address, and Node would then compare with `localhost`.
    checkServerIdentity: (_name, certificate) => (mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined),
  };
}

function unreadableAuthorities(file: string): Failure {
  return {
    code: 'connection',
    message: `Not connected: the file with the certificate authorities, ${file}, cannot be read. Correct the path in the connection's TLS settings.`,
  };
}
