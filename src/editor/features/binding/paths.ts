/** How when-clauses know a document: in a remote window only the path of a resource can be compared, spelled one way or the other. */
import { Uri } from 'vscode';

export function pathsOf(document: string): readonly string[] {
  const uri = Uri.parse(document, true);
  return [...new Set([uri.path, uri.fsPath])];
}
