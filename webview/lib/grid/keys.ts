/** What a key does in a grid. Pure. */
import type { Move } from './selection.ts';

export type GridKey =
  | { readonly kind: 'move'; readonly move: Move; readonly extend: 'extend' | 'replace' }
  | { readonly kind: 'all' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'open' }
  | { readonly kind: 'menu' };

export type KeyPress = { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly shiftKey: boolean; readonly altKey: boolean };

/**
 * @param page - rows that fit into the visible part
 * @returns `undefined` for a key the grid has no meaning for
 */
export function gridKey(press: KeyPress, page: number): GridKey | undefined {
  if (press.altKey) return undefined;
  const control = press.ctrlKey || press.metaKey;
  if (control && press.key.toLowerCase() === 'a') return { kind: 'all' };
  if (control && press.key.toLowerCase() === 'c') return { kind: 'copy' };
  if (press.key === 'ContextMenu' || (press.shiftKey && press.key === 'F10')) return { kind: 'menu' };
  if (press.key === 'Enter' && !control && !press.shiftKey) return { kind: 'open' };
  const move = moveOf(press.key, control, page);
  return move && { kind: 'move', move, extend: press.shiftKey ? 'extend' : 'replace' };
}

function moveOf(key: string, control: boolean, page: number): Move | undefined {
  switch (key) {
    case 'ArrowUp':
      return control ? { to: { row: 'first' } } : { by: { row: -1, column: 0 } };
    case 'ArrowDown':
      return control ? { to: { row: 'last' } } : { by: { row: 1, column: 0 } };
    case 'ArrowLeft':
      return control ? { to: { column: 'first' } } : { by: { row: 0, column: -1 } };
    case 'ArrowRight':
      return control ? { to: { column: 'last' } } : { by: { row: 0, column: 1 } };
    case 'PageUp':
      return { by: { row: -page, column: 0 } };
    case 'PageDown':
      return { by: { row: page, column: 0 } };
    case 'Home':
      return control ? { to: { row: 'first', column: 'first' } } : { to: { column: 'first' } };
    case 'End':
      return control ? { to: { row: 'last', column: 'last' } } : { to: { column: 'last' } };
    default:
      return undefined;
  }
}
