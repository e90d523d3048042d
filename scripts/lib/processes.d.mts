/** Whether a process of that number runs, ours or another user's. One that ended but was not waited for does not. */
export function isRunning(pid: number): boolean;
