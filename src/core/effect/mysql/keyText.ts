/** Values of a row as the server can be asked for them again: read without loss, and written back as literals. */

/** How values of a column are read and written; `none`: they do not survive being written as text. */
export type KeyKind = 'number' | 'text' | 'binary' | 'temporal' | 'bit' | 'none';

const kinds: ReadonlyMap<string, KeyKind> = new Map<string, KeyKind>([
  ...['tinyint', 'smallint', 'mediumint', 'int', 'integer', 'bigint', 'decimal', 'numeric', 'year'].map((type) => [type, 'number'] as const),
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set', 'uuid', 'inet4', 'inet6'].map((type) => [type, 'text'] as const),
  ...['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map((type) => [type, 'binary'] as const),
  ...['date', 'time', 'datetime', 'timestamp'].map((type) => [type, 'temporal'] as const),
  ['bit', 'bit'],
]);

/** @param dataType - DATA_TYPE of information_schema.columns */
export function keyKindOf(dataType: string): KeyKind {
  return kinds.get(dataType.toLowerCase()) ?? 'none';
}

/** @param column - as it stands in the query, quoted and qualified */
export function selectKey(column: string, kind: KeyKind): string {
  switch (kind) {
    case 'text':
      return `HEX(CONVERT(${column} USING utf8mb4))`;
    case 'binary':
      return `HEX(${column})`;
    case 'bit':
      return `${column} + 0`;
    case 'number':
    case 'temporal':
    case 'none':
      return `CAST(${column} AS CHAR)`;
  }
}

/** What `selectKey` read, as SQL. `undefined` for what no server prints for such a column. */
export function keyLiteral(value: string, kind: KeyKind): string | undefined {
  switch (kind) {
    case 'text':
      return isHex(value) ? `_utf8mb4 X'${value}'` : undefined;
    case 'binary':
      return isHex(value) ? `X'${value}'` : undefined;
    case 'number':
    case 'bit':
      return /^-?\d+(\.\d+)?$/.test(value) ? value : undefined;
    case 'temporal':
      return /^-?[\d:. -]+$/.test(value) ? `'${value}'` : undefined;
    case 'none':
      return undefined;
  }
}

function isHex(value: string): boolean {
  return /^([\dA-F]{2})*$/i.test(value);
}

/** Names come from the catalogue or the parser. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A condition that holds for exactly the rows whose `columns` have one of the `tuples` of literals. */
export function isOneOf(columns: readonly string[], tuples: readonly (readonly string[])[]): string {
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) return `${only} IN (${tuples.map(([value]) => value).join(',')})`;
  // A list of rows is not always looked up in the index.
  return `(${tuples.map((tuple) => `(${columns.map((column, index) => `${column} = ${tuple[index] ?? 'NULL'}`).join(' AND ')})`).join(' OR ')})`;
}
