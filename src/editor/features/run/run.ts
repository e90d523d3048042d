/** The commands that run, stop and decide, and the Results view. What is behind them is loaded with their first use. */
import { commands, window } from 'vscode';
import type { ExtensionContext, WebviewPanel } from 'vscode';
import { onDemand } from '../../../adapters/onDemand.ts';
import { loadRunFeature } from '../../lazy.ts';
import type { RunFeature, RunFeatureOptions } from './runFeature.ts';
import { takeText } from './takenText.ts';

export type RegisteredRun = { /** Loads it when nothing ran yet. */ feature(): Promise<RunFeature>; /** What is loaded already. */ loaded(): RunFeature | undefined; /** To be waited for before the window closes. */ finish(): Promise<void> };

export function registerRun(context: Pick<ExtensionContext, 'subscriptions'>, options: RunFeatureOptions): RegisteredRun {
  let starting: Promise<RunFeature> | undefined;
  let loaded: RunFeature | undefined;
  const start = async (): Promise<RunFeature> => {
    const { startRunFeature } = await loadRunFeature();
    loaded = startRunFeature(options);
    context.subscriptions.push(loaded);
    return loaded;
  };
  const load = onDemand(async () => await (starting = start()));
  const run = (mode: 'run' | 'preview', part: 'carets' | 'all') => async (argument?: unknown) => {
    // Before anything is loaded, asked or awaited.
    const taken = takeText(argument);
    if (taken) await (await load()).run(taken, mode, part);
  };
  context.subscriptions.push(
    window.registerWebviewViewProvider('countersign.results', { resolveWebviewView: async (view) => (await load()).showResults(view) }),
    // A review that a reload left behind is over: its change was rolled back when the window closed.
    window.registerWebviewPanelSerializer('countersign.review', { deserializeWebviewPanel }),
    commands.registerCommand('countersign.runStatement', run('run', 'carets')),
    commands.registerCommand('countersign.runAll', run('run', 'all')),
    commands.registerCommand('countersign.previewChanges', run('preview', 'carets')),
    commands.registerCommand('countersign.showTouchedRows', async (argument?: unknown) => {
      const taken = takeText(argument);
      if (taken) await (await load()).showTouchedRows(taken);
    }),
    commands.registerCommand('countersign.cancelQuery', async () => await (await load()).cancel()),
    commands.registerCommand('countersign.exportResult', async () => await (await load()).exportResult()),
    commands.registerCommand('countersign.openReview', async () => (await load()).showReview()),
    commands.registerCommand('countersign.showTrash', async () => await (await load()).showTrash()),
    commands.registerCommand('countersign.undoChange', async (run?: unknown) => await (await load()).undoChange(typeof run === 'string' ? run : undefined)),
    commands.registerCommand('countersign.rollback', async () => (await load()).rollBack()),
  );
  return { feature: load, loaded: () => loaded, finish: async () => await (await starting?.catch(() => undefined))?.shutDown() };
}

async function deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
  await Promise.resolve();
  panel.dispose();
}
