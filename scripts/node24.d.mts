/** Path of a Node of version 24 or later. */
export function node24(): Promise<string>;
