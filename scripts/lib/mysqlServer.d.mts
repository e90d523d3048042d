export type MysqlServerOptions = {
  /** Server settings, over the fast and forgetful ones of a test server; an empty text is an option without a value. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** With `test/support/tls/server.crt`. MySQL offers TLS with a certificate of its own without it. */
  readonly tls?: boolean;
};

export type PrivateMysqlServer = {
  readonly dialect: 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  /** The administrator. */
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /** Path of the server program. */
  readonly program: string;
  /** The last lines of the server's log. */
  readonly log: () => string;
  /** `mysql://…` of the administrator. */
  readonly url: string;
  /** `fast` (default) rolls back and disconnects everybody; `crash` is kill -9. */
  readonly stop: (how?: 'fast' | 'crash') => Promise<void>;
  /** kill -9; what is on disk stays for `restart`. */
  readonly kill: () => Promise<void>;
  /** After `kill`, on the same port and with the same data. */
  readonly restart: () => Promise<void>;
};
