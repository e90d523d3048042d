/** Nominal types: a value of a branded type can only come from its parser, so a raw string never passes for one. */
declare const brand: unique symbol;
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Milliseconds since 1970-01-01 UTC. */
export type EpochMs = Brand<number, 'EpochMs'>;

/** 64 lower-case hexadecimal digits. */
export type Sha256 = Brand<string, 'Sha256'>;

/** Marks a clock reading as a point in time. The caller vouches for the unit. */
export function epochMs(milliseconds: number): EpochMs {
  return milliseconds as EpochMs;
}

const sha256Pattern = /^[0-9a-f]{64}$/;

/** The digest, or `undefined` when the text is not 64 lower-case hexadecimal digits. */
export function parseSha256(text: string): Sha256 | undefined {
  return sha256Pattern.test(text) ? (text as Sha256) : undefined;
}
