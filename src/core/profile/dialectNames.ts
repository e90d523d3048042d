/** Database systems as people call them. */
import type { Dialect } from '../sql/verdict.ts';

export const dialectNames: Readonly<Record<Dialect, string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' };
