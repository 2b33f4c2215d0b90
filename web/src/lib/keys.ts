/** Keyboard shortcuts: single keys, and two in a row (`g a`). None while somebody types, and none when switched off. */
import { useEffect, useRef } from 'react';
import { shortcuts } from './stored';

export type Bindings = Record<string, (event: KeyboardEvent) => void>;

const PAUSE = 1200;
const FIRST = new Set(['g']);
const TYPING = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]';
const MODAL = '[role=dialog], [role=menu], [role=listbox]';

/** Listen for keys for as long as the component stands. Keys are `event.key` values; `g a` is one after the other, `mod k`
 * with Ctrl or Cmd held. `last`: only keys that nobody else has taken: those of a page go before those of the frame. */
export function useKeys(bindings: Bindings, { last = false } = {}): void {
  const current = useRef(bindings);
  useEffect(() => {
    current.current = bindings;
  });
  useEffect(() => {
    let first = '';
    let at = 0;
    const listen = (event: KeyboardEvent) => {
      if (!heard(event)) return;
      if (event.ctrlKey || event.metaKey) {
        const held = current.current[`mod ${event.key.toLowerCase()}`];
        if (held) event.preventDefault();
        held?.(event);
        return;
      }
      const second = first !== '' && Date.now() - at < PAUSE;
      const found = current.current[second ? `${first} ${event.key}` : event.key];
      first = second || !FIRST.has(event.key) ? '' : event.key;
      at = Date.now();
      if (found) {
        event.preventDefault();
        found(event);
      }
    };
    const place = last ? globalThis : document; // the window hears a key after the document
    place.addEventListener('keydown', listen as EventListener);
    return () => {
      place.removeEventListener('keydown', listen as EventListener);
    };
  }, [last]);
}

function heard(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey) return false;
  if (shortcuts.get() === 'off' && !(event.ctrlKey || event.metaKey)) return false;
  const target = event.target instanceof Element ? event.target : null;
  return !target?.closest(TYPING) && document.querySelector(MODAL) === null;
}
