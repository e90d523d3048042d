/** Where secrets are kept: VS Code's secret storage or the keychain of the operating system. */

export type SecretRead =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'absent' }
  /** The store gave nothing and cannot tell whether there is something. */
  | { readonly kind: 'unknown'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export type SecretWrite = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly message: string };

/** Never rejects: what went wrong comes back in words for the person. */
export interface SecretStore {
  /** In a sentence: “the password is kept in …”. */
  readonly label: string;
  read(key: string): Promise<SecretRead>;
  write(key: string, value: string): Promise<SecretWrite>;
  remove(key: string): Promise<SecretWrite>;
}
