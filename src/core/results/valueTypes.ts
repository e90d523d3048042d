/** What a type name, as the server prints it, says about its values. */

const numberTypes = /^(?:smallint|integer|bigint|int[248]?|mediumint|tinyint|numeric|decimal|real|double precision|double|float[48]?|oid)\b/u;

export function isNumberType(type: string): boolean {
  return numberTypes.test(type) && !type.endsWith('[]');
}

export function isBooleanType(type: string): boolean {
  return type === 'boolean' || type === 'bool';
}

export function isJsonType(type: string): boolean {
  return type === 'json' || type === 'jsonb';
}
