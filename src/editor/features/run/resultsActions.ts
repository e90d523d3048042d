/** The next step a run's summary offers. The page names it; what happens is decided here. */
import { commands, Uri } from 'vscode';
import type { ResultsAction } from '../../../protocol/results.ts';
import { unreachable } from '../../../core/unreachable.ts';
import type { AccessControl } from '../../catalogue.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { ReviewHost } from '../review/review.ts';

export type ActionPorts = { readonly access: AccessControl; readonly bindings: Bindings; readonly review: ReviewHost };

export async function actInResults({ access, bindings, review }: ActionPorts, document: string, action: ResultsAction): Promise<void> {
  const uri = Uri.parse(document, true);
  switch (action) {
    case 'elevate': {
      const binding = bindings.of(uri);
      if (binding?.kind === 'bound') await access.elevate(binding.profile);
      return;
    }
    case 'open-review':
      return review.reveal(document);
    case 'bind':
      await commands.executeCommand('countersign.bindDocument', uri);
      return;
    default:
      return unreachable(action);
  }
}
