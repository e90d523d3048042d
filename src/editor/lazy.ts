/** What is loaded when it is first needed, and not before: each of these becomes a bundle of its own. */

/** Everything behind a run: results, review, sessions, policy, the use case itself. */
export const loadRunFeature = async () => await import('./features/run/runFeature.ts');

/** Risks while typing: the parser, the rules, and what shows them. */
export const loadRisksFeature = async () => await import('./features/risks/risksFeature.ts');

/** Where statements begin and end, in every dialect. */
export const loadSplit = async () => await import('../core/sql/splitText.ts');

/** Adding, editing and testing connections. */
export const loadConnectionActions = async () => (await import('./features/connections/connectionActions.ts')).connectionActions;

/** Records on other machines. */
export const loadAuditFeature = async () => await import('./features/audit/auditFeature.ts');

/** What was done here. */
export const loadActivityFeature = async () => await import('./features/activity/activityFeature.ts');

/** Teams, keys, waiting requests, and the way to those who are asked. */
export const loadConfirmation = async () => await import('./features/team/editorConfirmation.ts');

/** Everything a person does with a team. */
export const loadTeamFeature = async () => await import('./features/team/teamFeature.ts');

/** The confirmation server, for when no other is set up. */
export const loadEmbeddedServer = async () => await import('../server/embedded.ts');

/** Requests of one's own, and those of others. */
export const loadConfirmationsFeature = async () => await import('./features/confirmations/confirmationsFeature.ts');
