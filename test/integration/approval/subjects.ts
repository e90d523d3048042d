/** The same people and orders on every kind of database. */
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { Session } from '../../../src/app/ports.ts';
import type { ConnectionProfile } from '../../../src/core/profile/connection.ts';
import { createWorld, type World, type WorldOptions } from '../../support/confirmation/world.ts';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { mysqlProfile, openMysqlTestSession } from '../../support/mysqlSession.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';

export type Subject = {
  readonly name: string;
  readonly profile: ConnectionProfile;
  readonly openSession: () => Promise<Session>;
  readonly query: (text: string) => Promise<any[]>;
  /** Changes a setting of a session, as somebody who works in it could. */
  readonly setting: string;
  /** Ends by itself what no transaction takes back. */
  readonly alone: string;
};

export const deleteOld = "DELETE FROM people WHERE state = 'old'";

export const fill = [
  'DROP TABLE IF EXISTS orders',
  'DROP TABLE IF EXISTS people',
  'CREATE TABLE people (id int PRIMARY KEY, name varchar(20), state varchar(10))',
  'CREATE TABLE orders (id int PRIMARY KEY, person int, total int, FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE)',
  "INSERT INTO people VALUES (1, 'ann', 'old'), (2, 'ben', 'old'), (3, 'cid', 'old'), (4, 'dan', 'new'), (5, 'eve', 'new'), (6, 'fay', 'new')",
  'INSERT INTO orders VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30), (4, 4, 40), (5, 5, 50)',
];

export async function postgresSubject(): Promise<Subject> {
  const database = await createTestDatabase();
  return { name: 'PostgreSQL', profile: testProfile(database), openSession: async () => await openTestSession(database), query: database.query, setting: "SET TimeZone = 'Asia/Tokyo'", alone: 'VACUUM people' };
}

/** Why there is none, or how to get one. */
export async function mysqlSubject(dialect: MysqlDialect): Promise<{ readonly skip: string | false; readonly open: () => Promise<Subject> }> {
  const { server, skip } = await sharedServer(dialect);
  const open = async (): Promise<Subject> => {
    if (!server) throw new Error('there is no server');
    const database = await server.createDatabase();
    const user = await server.createUser('ALL PRIVILEGES ON *.*');
    const profile = mysqlProfile(dialect, database, user.user);
    return { name: server.name, profile, openSession: async () => await openMysqlTestSession(dialect, database, user), query: database.query, setting: 'SET SESSION group_concat_max_len = 4321', alone: 'ALTER TABLE people COMMENT = \'seen\'' };
  };
  return { skip, open };
}

/** What the tables hold, as text: the independent look. */
export async function contents({ query }: Pick<Subject, 'query'>): Promise<string> {
  const people = await query('SELECT id, name, state FROM people ORDER BY id');
  const orders = await query('SELECT id, person, total FROM orders ORDER BY id');
  return [...people, ...orders].map((row) => Object.values(row as object).join(' ')).join('; ');
}

export type Scene = { readonly world: World; readonly subject: Subject; /** The one that is used from now on. */ session: Session };

export type Stage = { scene(options?: Partial<WorldOptions>): Promise<Scene>; end(): Promise<void> };

/** One database and one analyser for all scenes of a file; each begins with the same rows and a world of its own. */
export function createStage(open: () => Promise<Subject>): Stage {
  let opened: Promise<Subject> | undefined;
  const analyser = createAnalyser();
  const ending: (() => Promise<void>)[] = [];
  return {
    async scene(options = {}) {
      const subject = await (opened ??= open());
      for (const statement of fill) await subject.query(statement);
      const used: { session: Session } = { session: await subject.openSession() };
      const world = await createWorld({ profile: subject.profile, session: () => used.session, analyser, ...options });
      const scene: Scene = Object.assign(used, { world, subject });
      ending.push(async () => {
        await scene.session.close();
        await world.close();
      });
      return scene;
    },
    async end() {
      for (const close of ending) await close();
      await analyser.dispose();
    },
  };
}
