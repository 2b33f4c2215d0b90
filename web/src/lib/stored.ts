/** Choices that this browser remembers, and that every part of the page sees at once. */
import { useSyncExternalStore } from 'react';

export interface Stored<Value extends string> {
  get: () => Value;
  set: (value: Value) => void;
  use: () => Value;
}

export function stored<Value extends string>(key: string, choices: readonly [Value, ...Value[]]): Stored<Value> {
  const listeners = new Set<() => void>();
  let held: Value | undefined;
  const get = (): Value => (held ??= read(key, choices));
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    set: (value) => {
      held = value;
      try {
        localStorage.setItem(key, value);
      } catch {
        // A browser that keeps nothing still shows what was chosen.
      }
      listeners.forEach((listener) => {
        listener();
      });
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}

function read<Value extends string>(key: string, choices: readonly [Value, ...Value[]]): Value {
  try {
    const found = localStorage.getItem(key);
    return choices.find((each) => each === found) ?? choices[0];
  } catch {
    return choices[0];
  }
}

export const zone = stored('sentinel.zone', ['local', 'UTC']);
export const shortcuts = stored('sentinel.shortcuts', ['on', 'off']);
