/** Tells the risks of statements while they are typed. What does it is loaded with the first connected document in view. */
import { commands, window } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { loadRisksFeature } from '../../lazy.ts';
import type { RisksFeature, RisksFeatureOptions } from './risksFeature.ts';

export function registerRisks(context: Pick<ExtensionContext, 'subscriptions'>, options: RisksFeatureOptions): void {
  let started: Promise<RisksFeature> | undefined;
  const load = async (): Promise<RisksFeature> => {
    started ??= loadRisksFeature().then(({ startRisksFeature }) => {
      const feature = startRisksFeature(options);
      context.subscriptions.push(feature);
      return feature;
    });
    return await started;
  };
  const loadWhenSeen = (): void => {
    if (!started && window.visibleTextEditors.some(({ document }) => options.bindings.of(document.uri)?.kind === 'bound')) void load();
  };
  loadWhenSeen();
  context.subscriptions.push(
    options.bindings.onDidChange(loadWhenSeen),
    window.onDidChangeVisibleTextEditors(loadWhenSeen),
    commands.registerCommand('countersign.explainStatement', async (argument?: unknown) => await (await load()).explainAt(argument)),
  );
}
