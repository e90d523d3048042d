export type TestFailure = { readonly layer: string; readonly file?: string; readonly name: string; readonly error: string; readonly isConsequence: boolean; readonly isPatience?: boolean };
export function describeFailures(failures: readonly TestFailure[]): string;
export function describeUnsteady(failures: readonly TestFailure[]): string;
