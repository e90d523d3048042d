import type { MysqlServerOptions, PrivateMysqlServer } from './mysqlServer.mjs';

export function startMysql(options?: MysqlServerOptions): Promise<PrivateMysqlServer>;
