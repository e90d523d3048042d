/**
 * Values of MySQL and MariaDB as literals that the server makes itself: reading a value as text and quoting it here would lose
 * digits of floats, characters of unknown character sets, and values of enums that no label has.
 */

type Form = 'number' | 'double' | 'float' | 'countable' | 'moment' | 'instant' | 'json' | 'printed' | 'bytes';

const forms: Readonly<Record<string, Form>> = {
  tinyint: 'number', smallint: 'number', mediumint: 'number', int: 'number', bigint: 'number', decimal: 'number', year: 'number', double: 'double', float: 'float',
  bit: 'countable', enum: 'countable', set: 'countable', date: 'moment', time: 'moment', datetime: 'moment', timestamp: 'instant', json: 'json',
  uuid: 'printed', inet4: 'printed', inet6: 'printed',
};

/** @param type - as the server prints it, e.g. `decimal(10,2) unsigned` */
function formOf(type: string): Form {
  return forms[/^\w+/u.exec(type.toLowerCase())?.[0] ?? ''] ?? 'bytes';
}

/** A query item that gives the literal of a column; NULL for NULL. `column`: quoted. */
export function literalOf(column: string, type: string): string {
  switch (formOf(type)) {
    case 'number':
    case 'double':
      return `CAST(${column} AS CHAR)`;
    case 'float':
      return `CAST(CAST(${column} AS DOUBLE) AS CHAR)`;
    case 'countable':
      return `CAST(${column} + 0 AS CHAR)`;
    case 'moment':
    case 'printed':
      return `CONCAT('''', CAST(${column} AS CHAR), '''')`;
    case 'instant':
      // Seconds mean the same in every time zone. The zero date is no moment at all.
      return `IF(CAST(${column} AS CHAR) LIKE '0000-00-00%', CONCAT('''', CAST(${column} AS CHAR), ''''), CONCAT('FROM_UNIXTIME(', UNIX_TIMESTAMP(${column}), ')'))`;
    case 'json':
      return `CONCAT('CONVERT(x''', HEX(CONVERT(CAST(${column} AS CHAR) USING utf8mb4)), ''' USING utf8mb4)')`;
    case 'bytes':
      return `CONCAT('x''', HEX(CAST(${column} AS BINARY)), '''')`;
  }
}

/** A condition that holds while the column has the value of this literal; `null`: is NULL. */
export function holdsLiteral(column: string, type: string, literal: string | null): string {
  if (literal === null) return `${column} IS NULL`;
  switch (formOf(type)) {
    case 'number':
    case 'double':
    case 'moment':
    case 'instant':
    case 'printed':
      return `${column} <=> ${literal}`;
    case 'float':
      return `CAST(${column} AS DOUBLE) <=> ${literal}`;
    case 'countable':
      return `${column} + 0 <=> ${literal}`;
    case 'json':
      return `${column} <=> CAST(${literal} AS JSON)`;
    case 'bytes':
      return `CAST(${column} AS BINARY) <=> ${literal}`;
  }
}
