/** Tells the risks of statements while they are typed. What does it is loaded with the first connected document in view. */
import { commands, window } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { onDemand } from '../../../adapters/onDemand.ts';
import { toFailure } from '../../../core/errors.ts';
import { loadRisksFeature } from '../../lazy.ts';
import { plainText } from '../../plainText.ts';
import type { RisksFeatureOptions } from './risksFeature.ts';

export function registerRisks(context: Pick<ExtensionContext, 'subscriptions'>, options: RisksFeatureOptions): void {
  let isWanted = false;
  const load = onDemand(async () => {
    const { startRisksFeature } = await loadRisksFeature();
    const feature = startRisksFeature(options);
    context.subscriptions.push(feature);
    return feature;
  });
  const loadWhenSeen = (): void => {
    if (isWanted || !window.visibleTextEditors.some(({ document }) => options.bindings.of(document.uri)?.kind === 'bound')) return;
    isWanted = true;
    load().catch((thrown: unknown) => void window.showWarningMessage(plainText(`Risks are not told while you type. ${toFailure(thrown).message}`)));
  };
  loadWhenSeen();
  context.subscriptions.push(
    options.bindings.onDidChange(loadWhenSeen),
    window.onDidChangeVisibleTextEditors(loadWhenSeen),
    commands.registerCommand('countersign.explainStatement', async (argument?: unknown) => await (await load()).explainAt(argument)),
  );
}
