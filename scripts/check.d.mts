export type Check = { readonly name: string; readonly ok: boolean; readonly output: string; readonly milliseconds: number };
/** @param tree folder of the sources; another one only to check the checks */
export function check(tree?: string): Promise<readonly Check[]>;
