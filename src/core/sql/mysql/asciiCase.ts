/** Upper and lower case as the servers fold names: ASCII letters only. `ſpace` is not SPACE, though JavaScript thinks so. */

export function upperAscii(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
