/** Notifications draw `[text](command:…)` as a link that runs a command; what a server or a file says is never one. */
export function plainText(message: string): string {
  return message.replaceAll('](', '] (');
}
