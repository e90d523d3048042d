/** Light or dark as the reader's system is, by the classes that the shared sheet knows from the editor. */

const queries = { light: '(prefers-color-scheme: light)', contrast: '(prefers-contrast: more)' } as const;

export function followTheme(): void {
  const [light, contrast] = [matchMedia(queries.light), matchMedia(queries.contrast)];
  const apply = (): void => {
    const { classList } = document.body;
    classList.toggle('light', light.matches && !contrast.matches);
    classList.toggle('vscode-high-contrast', contrast.matches);
    classList.toggle('vscode-high-contrast-light', contrast.matches && light.matches);
  };
  for (const query of [light, contrast]) query.addEventListener('change', apply);
  apply();
}
