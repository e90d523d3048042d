export const demoPassword: string;
export type DemoFolders = { readonly server: string; readonly editor: string; readonly workspace: string; readonly person: string };
/** Folders of the demo with that name. */
export function demoFolders(name: string): Promise<DemoFolders>;
export function removeDemo(folders: DemoFolders): Promise<void>;
