/** What any extension costs that announces as much as ours: its commands, views and items, with nothing behind them. */
const vscode = require('vscode');

exports.activate = (context) => {
  const { commands, views } = vscode.extensions.getExtension('countersign.countersign').packageJSON.contributes;
  const item = vscode.window.createStatusBarItem('bench.item');
  context.subscriptions.push(
    item,
    ...commands.map(({ command }) => vscode.commands.registerCommand(`bench.${command}`, () => {})),
    ...Object.values(views).flat().map(({ id }) => vscode.window.registerTreeDataProvider(`bench.${id}`, { getTreeItem: (node) => node, getChildren: () => [] })),
    vscode.languages.registerCodeLensProvider({ language: 'sql' }, { provideCodeLenses: () => [] }),
    vscode.window.registerFileDecorationProvider({ provideFileDecoration: () => undefined }),
    vscode.workspace.onDidChangeTextDocument(() => {}),
    vscode.window.onDidChangeActiveTextEditor(() => {}),
  );
};
