import type { ChildProcess, SpawnOptions } from 'node:child_process';
/** Starts a process in a group of its own that ends with this one, however this one ends. */
export function spawnGuarded(file: string, args: readonly string[], options: SpawnOptions & { readonly endSignal?: NodeJS.Signals }): ChildProcess;
export function endGuarded(child: ChildProcess, signal?: NodeJS.Signals, patienceMs?: number): Promise<void>;
export function temporaryFolder(prefix?: string): Promise<string>;
export function removeFolder(folder: string): Promise<void>;
