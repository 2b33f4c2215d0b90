/** Text that stands there as it is typed, and follows the address where that comes to say something else. */
import { useState } from 'react';

interface Typed {
  text: string;
  type: (text: string) => void;
  /** What is on its way into the address: that it arrives there is no news. */
  send: (text: string) => void;
}

export function useTyped(value: string): Typed {
  const [text, type] = useState(value);
  const [sent, send] = useState(value);
  const [last, remember] = useState(value);
  if (last !== value) {
    remember(value);
    if (sent !== value) {
      send(value);
      type(value);
    }
  }
  return { text, type, send };
}
