/** For whom a link opens. Pure. */

/** `others`: a server that others reach. `this-machine`: one on this machine. `editor`: one behind the address of the editor itself, which asks who is there. */
export type LinkReach = 'others' | 'this-machine' | 'editor';

/** @param isNamed - it is set up, for others too; else it is this editor's own; @param isRemote - the editor runs on another machine than the window */
export function reachOf(server: string, { isNamed, isRemote }: { readonly isNamed: boolean; readonly isRemote: boolean }): LinkReach {
  if (!isNamed) return isRemote ? 'editor' : 'this-machine';
  return isLoopback(server) ? 'this-machine' : 'others';
}

function isLoopback(server: string): boolean {
  const { hostname } = new URL(server);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.');
}

/** What the person has to know before the link is sent; empty where it opens for whoever gets it. @param link - `It`, or another name where it was not spoken of */
export function describeReach(reach: LinkReach | undefined, link: string): string {
  switch (reach) {
    case 'this-machine':
      return `${link} opens on this machine only, because no confirmation server is set up that others reach (“countersign.server.url”). For somebody elsewhere, use Copy as Text.`;
    case 'editor':
      return `${link} leads through the address of this editor, so it opens for whoever may log in there. For anybody else, use Copy as Text, or set up a confirmation server (“countersign.server.url”).`;
    case 'others':
    case undefined:
      return '';
  }
}
