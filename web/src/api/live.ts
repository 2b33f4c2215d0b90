/** What changes on the server, as it changes: its events, or, where it has none or is away, asking again and again. */
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

export type Connection = 'connecting' | 'live' | 'polling' | 'lost';

export interface Live {
  state: Connection;
  /** When the server was last heard of, in milliseconds since 1970. */
  heard: number;
}

const POLL = 4000;
const BATCH = 250;
const AGAIN = [1000, 2000, 5000, 10_000];
const QUIET = 60_000; // an event stream that is silent for longer than its heartbeats is dead

let live: Live = { state: 'connecting', heard: Date.now() };
const listeners = new Set<() => void>();

export function connection(): Live {
  return live;
}

function become(state: Connection): void {
  live = { state, heard: state === 'lost' ? live.heard : Date.now() };
  listeners.forEach((listener) => {
    listener();
  });
}

export function useLive(): Live {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, connection);
}

/** How long may stand what no event tells of, before it is asked for again. */
export const OFTEN = POLL;

/** How long a list may stand before it is asked for again: seldom while events come. */
export function interval(): number {
  return live.state === 'live' ? 60_000 : POLL;
}

/** A request was answered, or was not: what the notice goes by while there are no events. */
export function answered(well: boolean): void {
  if (live.state === 'live') return;
  if (well && live.state === 'connecting') {
    live.heard = Date.now();
    return;
  }
  become(well ? 'polling' : 'lost');
}

/** The data of each event in a text of server-sent events; what is not whole yet is given back. */
export function parse(text: string): { events: string[]; rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  const events = blocks
    .map((block) =>
      block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n'),
    )
    .filter((data) => data !== '');
  return { events, rest };
}

/** What else changes with a subject: the check of an upload ends with its job. */
const ALSO: Record<string, readonly string[]> = { jobs: ['checks'] };

/** What the server says first: from here on it tells every change. What came before, while nobody listened, it does not. */
const READY = 'ready';

function type(data: string): string {
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '';
  } catch {
    return '';
  }
}

/** The first part of the keys of queries that an event is about; none: all of them. */
export function topics(data: string): string[] {
  const kind = type(data);
  if (kind === '' || kind === READY) return [];
  return [kind, ...(ALSO[kind] ?? []), 'datasets', 'dashboard']; // any subject may change how a dataset stands
}

/** Follow the server until the signal says stop. */
export async function follow(queries: QueryClient, signal: AbortSignal): Promise<void> {
  const stale = batched(queries);
  let tries = 0;
  for (;;) {
    try {
      const found = await stream(stale, signal);
      if (!found) {
        if (live.state !== 'polling') become('polling');
        return;
      }
      tries = 0;
    } catch {
      tries += 1;
    }
    if (stopped(signal)) return;
    become('lost');
    await pause(AGAIN[Math.min(tries, AGAIN.length - 1)] ?? POLL, signal);
    if (stopped(signal)) return;
  }
}

/** Asked anew each time: it changes while one waits. */
function stopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function stream(stale: (topics: string[]) => void, signal: AbortSignal): Promise<boolean> {
  const silent = new AbortController();
  const response = await fetch('/api/v1/events', {
    headers: { Accept: 'text/event-stream' },
    signal: AbortSignal.any([signal, silent.signal]),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    if (response.status >= 500) throw new Error(`events: ${response.status}`);
    return false;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let timer = setTimeout(() => {
    silent.abort();
  }, QUIET);
  for (;;) {
    const { done, value } = await reader.read();
    clearTimeout(timer);
    if (done) return true;
    timer = setTimeout(() => {
      silent.abort();
    }, QUIET);
    live.heard = Date.now();
    const found = parse(rest + value);
    rest = found.rest;
    found.events.forEach((each) => {
      if (type(each) === READY) become('live');
      stale(topics(each));
    });
  }
}

function batched(queries: QueryClient): (topics: string[]) => void {
  let waiting: Set<string> | 'all' | undefined;
  return (found) => {
    if (waiting === undefined) setTimeout(flush, BATCH);
    if (found.length === 0 || waiting === 'all') waiting = 'all';
    else waiting = new Set([...(waiting ?? []), ...found]);
  };
  function flush(): void {
    const which = waiting;
    waiting = undefined;
    void queries.invalidateQueries({
      predicate: ({ queryKey: [first] }) =>
        first !== 'session' && (which === 'all' || (which?.has(String(first)) ?? false)),
    });
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
