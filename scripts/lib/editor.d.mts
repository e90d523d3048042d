export const editorVersions: { readonly current: string; readonly oldest: string };
/** The program is `node entry`. */
export function editor(version?: string): Promise<{ readonly node: string; readonly entry: string; readonly version: string }>;
