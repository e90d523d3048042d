import type { TestFailure } from './failures.d.mts';
export type TestResults = { readonly passed: number; readonly failed: number; readonly failures: readonly TestFailure[]; readonly unsteady: readonly TestFailure[]; readonly files: readonly { readonly file: string; readonly milliseconds: number }[]; readonly problem?: string };
export function runTests(layer: string, files: readonly string[], options?: { readonly args?: readonly string[]; readonly workers?: readonly Readonly<Record<string, string | undefined>>[] }): Promise<TestResults>;
