export function whyNoRsyslog(): string | undefined;
export function startRsyslog(): Promise<{ readonly port: number; readonly file: string; readonly stop: () => Promise<void> }>;
