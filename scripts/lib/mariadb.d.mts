import type { MysqlServerOptions, PrivateMysqlServer } from './mysqlServer.mjs';

export function startMariadb(options?: MysqlServerOptions): Promise<PrivateMysqlServer>;
