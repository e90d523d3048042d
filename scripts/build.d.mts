export type BundledFile = { readonly path: string; readonly contents: Uint8Array; readonly text: string };
/** Writes dist/ and returns the names in it. */
export function build(options?: { readonly minify?: boolean }): Promise<readonly string[]>;
/** What `build` writes, only in memory. */
export function bundle(options?: { readonly minify?: boolean }): Promise<readonly BundledFile[]>;
