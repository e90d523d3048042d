/** Names of PostgreSQL's own types as `format_type` prints them, so that ordinary columns need no look-up. */

const scalars: Readonly<Record<number, string>> = {
  16: 'boolean', 17: 'bytea', 18: '"char"', 19: 'name', 20: 'bigint', 21: 'smallint', 22: 'int2vector', 23: 'integer', 24: 'regproc', 25: 'text',
  26: 'oid', 27: 'tid', 28: 'xid', 29: 'cid', 30: 'oidvector', 114: 'json', 142: 'xml', 600: 'point', 601: 'lseg', 602: 'path', 603: 'box',
  604: 'polygon', 628: 'line', 650: 'cidr', 700: 'real', 701: 'double precision', 705: 'unknown', 718: 'circle', 774: 'macaddr8', 790: 'money',
  829: 'macaddr', 869: 'inet', 1042: 'character', 1043: 'character varying', 1082: 'date', 1083: 'time without time zone',
  1114: 'timestamp without time zone', 1184: 'timestamp with time zone', 1186: 'interval', 1266: 'time with time zone', 1560: 'bit',
  1562: 'bit varying', 1700: 'numeric', 2202: 'regprocedure', 2205: 'regclass', 2206: 'regtype', 2249: 'record', 2278: 'void', 2950: 'uuid',
  2970: 'txid_snapshot', 3220: 'pg_lsn', 3614: 'tsvector', 3615: 'tsquery', 3802: 'jsonb', 3904: 'int4range', 3906: 'numrange', 3908: 'tsrange',
  3910: 'tstzrange', 3912: 'daterange', 3926: 'int8range', 4072: 'jsonpath', 5038: 'pg_snapshot', 5069: 'xid8',
};

/** Array type → its element type. */
const arrays: Readonly<Record<number, number>> = {
  199: 114, 651: 650, 1000: 16, 1001: 17, 1002: 18, 1003: 19, 1005: 21, 1007: 23, 1009: 25, 1014: 1042, 1015: 1043, 1016: 20, 1021: 700, 1022: 701,
  1028: 26, 1041: 869, 1115: 1114, 1182: 1082, 1183: 1083, 1185: 1184, 1187: 1186, 1231: 1700, 1270: 1266, 2951: 2950, 3643: 3614, 3807: 3802,
};

/** The name, or `undefined` when the server has to be asked. `modifier` is -1 when the column has none. */
export function builtInTypeName(oid: number, modifier: number): string | undefined {
  const element = arrays[oid];
  if (element !== undefined) {
    const name = builtInTypeName(element, modifier);
    return name === undefined ? undefined : `${name}[]`;
  }
  const name = scalars[oid];
  // The one type whose name differs without a length.
  if (modifier < 0) return oid === 1042 ? 'bpchar' : name;
  return withModifier(oid, name, modifier);
}

function withModifier(oid: number, name: string | undefined, modifier: number): string | undefined {
  switch (oid) {
    case 1042:
    case 1043:
      return `${name ?? ''}(${String(modifier - 4)})`;
    case 1560:
    case 1562:
      return `${name ?? ''}(${String(modifier)})`;
    case 1083:
    case 1114:
    case 1184:
    case 1266:
      return name?.replace(/^(\w+)/, `$1(${String(modifier)})`);
    case 1700: {
      const packed = modifier - 4;
      // The scale is an 11-bit number that may be negative.
      const scale = ((packed & 0x7ff) ^ 1024) - 1024;
      return `numeric(${String((packed >> 16) & 0xffff)},${String(scale)})`;
    }
    default:
      return undefined;
  }
}
