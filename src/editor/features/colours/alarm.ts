/** Makes a status item stand out in every theme. */
import { ColorThemeKind, ThemeColor, window } from 'vscode';
import type { StatusBarItem } from 'vscode';

/** The dark high contrast theme draws no background for status items: there the words take a colour instead. */
export function alarm(item: StatusBarItem, background: 'error' | 'warning', colour: `countersign.${string}`): void {
  const hasNoBackground = window.activeColorTheme.kind === ColorThemeKind.HighContrast;
  item.backgroundColor = hasNoBackground ? undefined : new ThemeColor(`statusBarItem.${background}Background`);
  item.color = hasNoBackground ? new ThemeColor(colour) : undefined;
}
