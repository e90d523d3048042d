/** What a requester asks another person to approve. Signed and hashed as bytes; these are the members those bytes may have. */
import { statementClasses } from '../sql/verdict.ts';
import type { Bytes } from './bytes.ts';
import { b64uOf, b64uText, closed, either, flag, listOf, name, nullable, oneOf, pattern, table, text, time, whole } from './guards.ts';
import type { Guarded } from './guards.ts';
import { strictParse } from './strictJson.ts';

/** Names a request. Random, 12 bytes. */
export const isRequestId = pattern(/^r_[\w-]{16}$/);
/** Names a person in the team file. */
export const isMemberId = pattern(/^[a-z0-9][a-z0-9._-]{0,63}$/);

const rows = whole(0, Number.MAX_SAFE_INTEGER);
const maxSql = 512 * 1024;
const value = nullable(text(64 * 1024));
const place = whole(0, 1600);

/** Where it will run. `system` is what the server says it is, so that another server behind the same name is noticed. */
const isTarget = closed({
  engine: oneOf('postgresql', 'mysql', 'mariadb'),
  system: name(128),
  database: name(128),
  role: name(128),
  /** Host and port. */
  host: name(300),
  /** The connection's name in the team file. */
  profile: name(64),
});

const isStatement = closed({
  sql: text(maxSql),
  /** `t` is the type as the driver names it, `v` the value as text. */
  params: listOf(closed({ t: name(64), v: value }), 1000),
  class: oneOf(...statementClasses),
});

/** The optional members are for people and bind nothing. `why`: `statement`, or what reached the table, e.g. `cascade from customers`. */
const isTableCount = closed({ name: name(300), ins: rows, upd: rows, del: rows }, { why: text(300), exactness: oneOf('exact', 'listed', 'predicted') });

/** Measured in the transaction that was rolled back. `rows` binds the very rows, when they could be hashed; without it only counts are bound. */
const isEffect = closed({ tables: listOf(isTableCount, 1000), rows: nullable(b64uOf(32)), count: rows, complete: flag });

const values = listOf(value, 1600);
const isChange = either(
  either(closed({ kind: oneOf('inserted'), after: values }), closed({ kind: oneOf('deleted'), before: values })),
  closed({ kind: oneOf('updated'), before: values, after: values }),
);

/** Rows to look at: values of sensitive columns are replaced before they get here, and `masked` lists those columns. */
const isTableRows = closed(
  {
    name: name(300),
    columns: listOf(closed({ name: text(128), type: text(128) }), 1600),
    key: listOf(place, 64),
    masked: listOf(place, 1600),
    changes: listOf(isChange, 10_000),
  },
  /** Why rows are missing, in words. */
  { incomplete: text(500) },
);

/** What the requester was told, for the reviewer to be told the same. */
const isFacts = closed({
  environment: oneOf('development', 'staging', 'production'),
  risks: listOf(closed({ level: oneOf('high', 'medium', 'ok'), text: text(1000) }), 64),
  /** What a rollback would not bring back. */
  permanent: listOf(text(1000), 64),
  /** How it can be undone, or that it cannot. */
  undo: closed({ kind: oneOf('planned', 'partial', 'none'), text: text(1000) }),
});

export const isRequestBody = closed(
  {
    v: oneOf(1),
    id: isRequestId,
    /** Makes the digest unguessable for who only knows the SQL. */
    nonce: b64uOf(32),
    /** Digest of the team file in force. */
    team: b64uOf(32),
    requester: isMemberId,
    origin: either(oneOf('human'), pattern(/^agent:[\w .:/@-]{1,64}$/)),
    created: time,
    expires: time,
    reason: text(4000),
    target: isTarget,
    session: table(/^[A-Za-z_][\w.]{0,63}$/, text(2000), 64),
    statements: listOf(isStatement, 200, 1),
    /** `null` when nothing could be measured: then text, target and facts are all that is approved. */
    effect: nullable(isEffect),
    preview: closed({ masked: flag, tables: listOf(isTableRows, 200) }),
    facts: isFacts,
    runOnce: oneOf(true),
  },
  {
    ticket: name(200),
    /** Digest of the earlier request whose effect has drifted. */
    supersedes: b64uOf(32),
    /** What was approved then and would happen now, for each table that differs; empty when other rows are affected in the same numbers. */
    drift: listOf(closed({ name: name(300), before: nullable(isTableCount), now: nullable(isTableCount) }), 1000),
    /** SPKI of a one-time key that a credential may be sealed to. */
    grantKey: b64uText(200),
    /** The newest checkpoint of the team’s log that the requester was shown, as the log signed it. */
    log: text(2000),
    /** The requester commits it without others, in an emergency: only their own signature counts for it. */
    emergency: closed({ /** They know that there is no way back. */ withoutUndo: flag }),
    /** It was committed in an emergency: nothing runs because of this, and others say whether it was right. */
    afterwards: closed({ run: name(64), committed: time }),
  },
);
export type RequestBody = Guarded<typeof isRequestBody>;
export type RequestEffect = Guarded<typeof isEffect>;

/** The request, or `undefined` when the bytes are not exactly one. */
export function parseRequest(body: Bytes): RequestBody | undefined {
  const parsed = strictParse(body);
  if (parsed === undefined || !isRequestBody(parsed.value)) return undefined;
  const { created, expires, emergency, afterwards } = parsed.value;
  return created < expires && (emergency === undefined || afterwards === undefined) ? parsed.value : undefined;
}
