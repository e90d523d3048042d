export type PostgresOptions = {
  /** Shown in process lists. */
  readonly name?: string;
  /** Server settings, over the fast and forgetful ones of a test server. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** How roles other than the superuser log in; the superuser always has a password. Default `trust`. */
  readonly auth?: 'trust' | 'scram';
  /** `true`: with `test/support/tls/server.crt`. */
  readonly tls?: boolean | { readonly certificate: string; readonly key: string };
  /** Keeps the data there; started again, it is the same server, and it syncs to disk. */
  readonly folder?: string;
  /** Whose programs: the npm package's, or the other version this machine has. Default `package`. */
  readonly from?: 'package' | 'system';
  /** A free one when absent. */
  readonly port?: number;
};

export type PostgresServer = {
  readonly host: string;
  readonly port: number;
  /** The superuser. */
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /** The last lines of the server's log. */
  readonly log: () => string;
  /** `postgresql://…`; with the password when `role` is the superuser, which is the default. */
  readonly url: (database?: string, role?: string) => string;
  /** Runs SQL as superuser on a connection of its own. */
  readonly query: (text: string, values?: readonly unknown[], database?: string) => Promise<{ readonly rows: any[]; readonly rowCount: number | null }>;
  readonly createDatabase: (name: string, template?: string) => Promise<void>;
  /** `fast` (default) rolls back and disconnects everybody; `crash` is kill -9. */
  readonly stop: (how?: 'fast' | 'crash') => Promise<void>;
};

export function startPostgres(options?: PostgresOptions): Promise<PostgresServer>;
/** Why there is no other version; `undefined` when there is one. */
export function whyNoSystemPostgres(): string | undefined;
export function freePort(): Promise<number>;
