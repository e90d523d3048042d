/** Theme variables as the editor gives them to a webview, for its four built-in kinds of theme. */
import { readFileSync } from 'node:fs';

export const themes = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
export type Theme = (typeof themes)[number];

/** Classes the editor sets on the body. */
export const bodyClass: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'hc-dark': 'vscode-high-contrast',
  // The editor sets both, so that older pages see a high-contrast theme.
  'hc-light': 'vscode-high-contrast vscode-high-contrast-light',
};

const order = themes;

/** One row per variable: Dark Modern, Light Modern, Dark High Contrast, Light High Contrast; `-` where the theme sets none. */
const table = `
foreground                       #cccccc   #3b3b3b   #ffffff   #292929
descriptionForeground            #9d9d9d   #3b3b3b   #ffffffb3 #292929b3
errorForeground                  #f85149   #f85149   #f48771   #b5200d
focusBorder                      #0078d4   #005fb8   #f38518   #006bbd
contrastBorder                   -         -         #6fc3df   #0f4a85
contrastActiveBorder             -         -         #f38518   #006bbd
editor-background                #1f1f1f   #ffffff   #000000   #ffffff
editor-foreground                #cccccc   #3b3b3b   #ffffff   #292929
editorWidget-background          #202020   #f8f8f8   #0c141f   #ffffff
editorWidget-foreground          #cccccc   #3b3b3b   #ffffff   #292929
editorLineNumber-foreground      #6e7681   #6e7681   #ffffff   #237893
panel-background                 #181818   #f8f8f8   #000000   #ffffff
panel-border                     #2b2b2b   #e5e5e5   #6fc3df   #0f4a85
sideBar-background               #181818   #f8f8f8   #000000   #ffffff
button-background                #0078d4   #005fb8   -         #0f4a85
button-foreground                #ffffff   #ffffff   #ffffff   #ffffff
button-border                    #ffffff12 #0000001a #6fc3df   #0f4a85
button-hoverBackground           #026ec1   #0258a8   -         #0f4a85
button-secondaryBackground       #313131   #e5e5e5   -         #ffffff
button-secondaryForeground       #cccccc   #3b3b3b   #ffffff   #292929
button-secondaryHoverBackground  #3c3c3c   #cccccc   -         -
input-background                 #313131   #ffffff   #000000   #ffffff
input-foreground                 #cccccc   #3b3b3b   #ffffff   #292929
input-border                     #3c3c3c   #cecece   #6fc3df   #0f4a85
input-placeholderForeground      #989898   #767676   #ffffffb3 #292929b3
dropdown-background              #313131   #ffffff   #000000   #ffffff
dropdown-border                  #3c3c3c   #cecece   #6fc3df   #0f4a85
list-hoverBackground             #2a2d2e   #f2f2f2   #ffffff1a #0f4a851a
list-activeSelectionBackground   #04395e   #e8e8e8   -         #0f4a851a
list-inactiveSelectionBackground #37373d   #e4e6f1   -         #0f4a851a
menu-background                  #1f1f1f   #ffffff   #000000   #ffffff
menu-foreground                  #cccccc   #3b3b3b   #ffffff   #292929
menu-border                      #454545   #cecece   #6fc3df   #0f4a85
menu-selectionBackground         #0078d4   #005fb8   -         #0f4a851a
menu-selectionForeground         #ffffff   #ffffff   #ffffff   #292929
textLink-foreground              #4daafc   #005fb8   #21a6ff   #0f4a85
textPreformat-foreground         #d0d0d0   #3b3b3b   #000000   #ffffff
textPreformat-background         #3c3c3c   #0000001f #ffffff   #09345f
badge-background                 #616161   #cccccc   #000000   #0f4a85
badge-foreground                 #f8f8f8   #3b3b3b   #ffffff   #ffffff
scrollbarSlider-background       #79797966 #64646466 #6fc3df99 #0f4a8566
progressBar-background           #0078d4   #005fb8   #6fc3df   #0f4a85
`;

/** A style sheet with the variables of a theme, the extension's own colours, and the editor's defaults for webviews. */
export function themeSheet(theme: Theme): string {
  const column = order.indexOf(theme);
  const rows = table.trim().split('\n').map((line) => line.split(/\s+/));
  const variables = [...rows.map(([name = '', ...values]) => [name, values[column] ?? '-'] as const), ...contributedColours(theme)]
    .filter(([, value]) => value !== '-')
    .map(([name, value]) => `--vscode-${name}: ${value};`);
  return `html { ${variables.join(' ')}
  --vscode-font-family: "DejaVu Sans", sans-serif; --vscode-font-size: 13px; --vscode-font-weight: normal;
  --vscode-editor-font-family: "DejaVu Sans Mono", monospace; --vscode-editor-font-size: 13px; }
${editorDefaults}`;
}

/** Styles the editor puts into every webview, in a layer below the page's own. */
const editorDefaults = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { overscroll-behavior-x: none; background-color: transparent; color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size); margin: 0; padding: 0 20px; }
  code { color: var(--vscode-textPreformat-foreground); background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
}`;

type Colour = { readonly id: string; readonly defaults: Readonly<Record<string, string>> };

function contributedColours(theme: Theme): readonly (readonly [string, string])[] {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { contributes?: { colors?: readonly Colour[] } };
  const key = { dark: 'dark', light: 'light', 'hc-dark': 'highContrast', 'hc-light': 'highContrastLight' }[theme];
  return (manifest.contributes?.colors ?? []).map((colour) => [colour.id.replaceAll('.', '-'), colour.defaults[key] ?? '-']);
}
