/** What a type name, as the server prints it, says about its values. */

const numberTypes = /^(?:smallint|integer|bigint|int[248]?|mediumint|tinyint|numeric|decimal|real|double precision|double|float[48]?|oid)\b/u;

export function isNumberType(type: string): boolean {
  return numberTypes.test(type) && !type.endsWith('[]');
}

/** Types of MySQL and MariaDB whose values come as `0x…`: bytes, bits and shapes. */
const byteTypes = /^(?:(?:tiny|medium|long)?blob|(?:var)?binary|bit|geometry|geometrycollection|(?:multi)?(?:point|linestring|polygon)|vector)\b/u;

export function isByteType(type: string): boolean {
  return byteTypes.test(type);
}

export function isBooleanType(type: string): boolean {
  return type === 'boolean' || type === 'bool';
}

export function isJsonType(type: string): boolean {
  return type === 'json' || type === 'jsonb';
}
