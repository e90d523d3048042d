/** Recognises secrets in strings: connection strings and keys with a known shape. */
import type { Finding } from './findings.ts';

const shapes: readonly RegExp[] = [
  // postgresql://user:password@host
  /:\/\/[^\s/:@]+:[^\s/@]+@/u,
  // host=… password=…
  /\bpass(?:word|wd)?\s*=\s*[^\s'";]/iu,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/u,
  /\bAKIA[0-9A-Z]{16}\b/u,
  /\bgh[pousr]_[A-Za-z0-9]{36}\b/u,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./u,
  // Stored password of a PostgreSQL role.
  /^SCRAM-SHA-256\$\d+:/u,
  /^md5[0-9a-f]{32}$/u,
];

/** A finding when the string looks like it holds a password or a key. */
export function secretFindings(value: string, location: number | undefined): readonly Finding[] {
  return value.length >= 8 && shapes.some((shape) => shape.test(value)) ? [secretFinding(location)] : [];
}

/** There is a secret at this place of the text. */
export function secretFinding(location: number | undefined): Finding {
  return { class: 'read', code: 'secret-in-text', message: 'The text holds a password or a key', tags: ['secret'], location };
}
