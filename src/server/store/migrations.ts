/** The tables, one step after the other. A step that was released is never changed; a new one is added. */
import type { Dialect, Store } from './store.ts';

const steps: readonly ((dialect: Dialect) => readonly string[])[] = [
  ({ bytes }) => [
    `CREATE TABLE teams (
      team text NOT NULL, version bigint NOT NULL, digest text NOT NULL UNIQUE, file ${bytes} NOT NULL, signatures text NOT NULL, at bigint NOT NULL,
      PRIMARY KEY (team, version))`,
    `CREATE TABLE requests (
      id text PRIMARY KEY, team text NOT NULL, digest text NOT NULL, requester text NOT NULL, expires bigint NOT NULL, created bigint NOT NULL,
      read_hash text NOT NULL, box_hash text NOT NULL, box ${bytes}, state text NOT NULL, seq bigint NOT NULL, ended bigint, claim text, receipt text)`,
    'CREATE INDEX requests_by_state ON requests (state, expires)',
    'CREATE INDEX requests_by_requester ON requests (team, requester, state)',
    // Counted for each request while its row is locked, so what is committed later never has the smaller number.
    `CREATE TABLE events (
      request text NOT NULL REFERENCES requests (id) ON DELETE CASCADE, seq bigint NOT NULL, kind text NOT NULL, hash text, box ${bytes}, at bigint NOT NULL,
      PRIMARY KEY (request, seq), UNIQUE (request, kind, hash))`,
    `CREATE TABLE inbox (
      request text NOT NULL REFERENCES requests (id) ON DELETE CASCADE, team text NOT NULL, member text NOT NULL, sealed text NOT NULL,
      PRIMARY KEY (request, member))`,
    'CREATE INDEX inbox_by_member ON inbox (team, member)',
    'CREATE TABLE secrets (name text PRIMARY KEY, value text NOT NULL)',
  ],
  ({ bytes, appendOnly }) => [
    // `nodes`: hashes of the complete subtrees that end with the leaf, from which proofs are made without reading the log.
    `CREATE TABLE audit_events (
      team text NOT NULL, leaf bigint NOT NULL, stream text NOT NULL, seq bigint NOT NULL, member text NOT NULL, at bigint NOT NULL,
      hash text NOT NULL, line text NOT NULL, nodes ${bytes} NOT NULL,
      PRIMARY KEY (team, leaf), UNIQUE (team, stream, seq))`,
    `CREATE TABLE audit_heads (team text PRIMARY KEY, size bigint NOT NULL, roots ${bytes} NOT NULL)`,
    ...appendOnly,
  ],
];

/** Against mistakes and other programs: who owns the database can take triggers away, and then the checkpoints that others keep tell. */
const dialects: Readonly<Record<Store['kind'], Dialect>> = {
  sqlite: {
    bytes: 'blob',
    appendOnly: [
      ...['UPDATE', 'DELETE'].map((action) => `CREATE TRIGGER audit_events_no_${action.toLowerCase()} BEFORE ${action} ON audit_events BEGIN SELECT RAISE(ABORT, 'audit_events only grows'); END`),
      "CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, 'audit_heads only grows'); END",
      "CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_heads WHEN NEW.size < OLD.size OR NEW.team <> OLD.team BEGIN SELECT RAISE(ABORT, 'audit_heads only grows'); END",
    ],
  },
  postgresql: {
    bytes: 'bytea',
    appendOnly: [
      "CREATE FUNCTION countersign_only_grows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''% only grows'', TG_TABLE_NAME; END'",
      'CREATE TRIGGER audit_events_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION countersign_only_grows()',
      'CREATE TRIGGER audit_heads_no_delete BEFORE DELETE OR TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION countersign_only_grows()',
      'CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_heads FOR EACH ROW WHEN (NEW.size < OLD.size OR NEW.team <> OLD.team) EXECUTE FUNCTION countersign_only_grows()',
    ],
  },
};

/** Brings the tables to this version. Several instances may start at once; a store from a later version is refused. */
export async function migrate(store: Store): Promise<void> {
  const dialect = dialects[store.kind];
  await store.query('CREATE TABLE IF NOT EXISTS migrations (step bigint PRIMARY KEY, at bigint NOT NULL)').catch(async () => {
    // Two instances created it at the same moment: then it is there.
    await store.query('SELECT step FROM migrations LIMIT 1');
  });
  await store.transaction(async (transaction) => {
    if (store.kind === 'postgresql') await transaction.query('LOCK TABLE migrations');
    const [row] = await transaction.query('SELECT coalesce(max(step), 0) AS step FROM migrations');
    const done = Number(row?.['step'] ?? 0);
    if (done > steps.length) throw new Error('This store was written by a later version of Countersign. Nothing was changed; start that version, or restore an older backup.');
    for (const [index, step] of [...steps.entries()].slice(done)) {
      for (const statement of step(dialect)) await transaction.query(statement);
      await transaction.query('INSERT INTO migrations (step, at) VALUES ($1, $2)', [index + 1, Date.now()]);
    }
  });
}
