/** Names and arrays as PostgreSQL reads them. Only for names that come from the catalog or the parser. */

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The text form of a one-dimensional array. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
