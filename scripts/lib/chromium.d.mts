export const chromiumArguments: readonly string[];
/** Path of a Chromium that starts. */
export function chromium(): Promise<string>;
