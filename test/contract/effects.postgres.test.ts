/** The contract of effects on PostgreSQL: the npm package's version and, where there is one, the system's. */
import { randomUUID } from 'node:crypto';
import { createTestDatabase, withoutSystemPostgres, type PostgresVersion } from '../support/postgres.ts';
import { openTestSession } from '../support/postgresSession.ts';
import { describeEffects } from './effects.contract.ts';
import type { EffectsDatabase, EffectsSubject } from './effectsSubject.ts';
import { dumpPostgres } from './postgresDump.ts';

function subject(name: string, from: PostgresVersion): EffectsSubject {
  return {
    name,
    dialect: 'postgresql',
    async setUp(schema): Promise<EffectsDatabase> {
      const role = `effects_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
      const database = await createTestDatabase(schema.map((text) => `${text.replaceAll(':role', role)};`).join('\n'), from);
      const hasRole = schema.some((text) => text.includes(':role'));
      const { password: _password, ...open } = database;
      return {
        open: (asRole) => openTestSession(asRole ? { ...open, user: role } : database),
        dump: () => dumpPostgres(database),
        async close() {
          if (hasRole) await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
        },
      };
    },
  };
}

describeEffects(subject('PostgreSQL', 'package'));
describeEffects(subject('PostgreSQL, the system’s version', 'system'), { skip: withoutSystemPostgres() });
