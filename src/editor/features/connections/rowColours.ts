/** Colours the rows of the Connections view like every other channel of their environment. */
import { FileDecoration } from 'vscode';
import type { FileDecorationProvider } from 'vscode';
import { environments } from '../../../core/profile/connection.ts';
import { environmentColour, environmentLabel } from './appearance.ts';
import { connectionScheme } from './connectionNode.ts';

export const rowColours: FileDecorationProvider = {
  provideFileDecoration(uri) {
    if (uri.scheme !== connectionScheme) return undefined;
    const environment = environments.find((known) => known === uri.query);
    if (environment === undefined) return undefined;
    const isProduction = environment === 'production';
    return new FileDecoration(isProduction ? 'P' : undefined, environmentLabel[environment], environmentColour(environment));
  },
};
