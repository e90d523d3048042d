export type TestFailure = { readonly layer: string; readonly file?: string; readonly name: string; readonly error: string; readonly isConsequence: boolean };
export function describeFailures(failures: readonly TestFailure[]): string;
