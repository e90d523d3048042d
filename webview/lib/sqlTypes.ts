/** What the name of a column's type tells about how to show its values. */

const numeric = /^(small|big|tiny|medium)?(int|integer|serial)\d?\b|^int[248]\b|^(numeric|decimal|real|double|float[48]?|money|oid|xid8?)\b/i;

/** True for types whose values are numbers, which are right-aligned. */
export function isNumericType(type: string): boolean {
  return numeric.test(type) && !type.endsWith('[]');
}
