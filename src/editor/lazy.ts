/** What is loaded when it is first needed, and not before: each of these becomes a bundle of its own. */

/** Everything that runs a text: sessions, policy, the use case itself. */
export const loadRunner = async () => await import('./features/run/runner.ts');
