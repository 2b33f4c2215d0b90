/** Files on their way to the server, one at a time and in order: how far each is, and why one was refused.
 *
 * They go on while one looks at other pages. A request of the old kind sends them: only that tells how far it is.
 */
import { useSyncExternalStore } from 'react';
import { csrf } from './client';
import { problemOf, read, type Problem } from './errors';
import type { Accepted } from './quality';

export interface Sending {
  id: number;
  name: string;
  size: number;
  source: string;
  state: 'waiting' | 'sending' | 'accepted' | 'refused' | 'cancelled';
  /** Bytes that are there, and when the first went, in milliseconds since 1970. */
  sent: number;
  since: number;
  accepted?: Accepted;
  problem?: Problem;
}

export interface Chosen {
  file: File;
  /** Why it is not sent at all. */
  refused?: string;
}

const PATH = '/api/v1/data-quality/upload';

let list: readonly Sending[] = [];
let last = 0;
const files = new Map<number, File>();
const listeners = new Set<() => void>();
let current: { id: number; request: XMLHttpRequest } | undefined;

export function uploads(): readonly Sending[] {
  return list;
}

export function useUploads(): readonly Sending[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, uploads);
}

/** Send files, to a source or each to the one that is called like it. */
export function send(chosen: readonly Chosen[], source: string): void {
  const made = chosen.map(({ file, refused }): Sending => {
    last += 1;
    files.set(last, file);
    const fresh = { id: last, name: file.name, size: file.size, source, sent: 0, since: 0 };
    return refused ? { ...fresh, state: 'refused', problem: ours(413, refused) } : { ...fresh, state: 'waiting' };
  });
  become([...list, ...made]);
  next();
}

/** Stop a file that is not there yet; nothing of it is kept. */
export function cancel(id: number): void {
  change(id, { state: 'cancelled' });
  if (current?.id === id) current.request.abort();
}

/** Send a file once more that was refused or cancelled. */
export function again(id: number): void {
  list = list.map((each) => (each.id === id ? { ...fresh(each), state: 'waiting' } : each));
  become(list);
  next();
}

/** Take what is over off the list. */
export function forget(ids: readonly number[]): void {
  ids.forEach((id) => files.delete(id));
  become(list.filter((each) => !ids.includes(each.id)));
}

function fresh({ id, name, size, source }: Sending): Omit<Sending, 'state'> {
  return { id, name, size, source, sent: 0, since: 0 };
}

function become(now: readonly Sending[]): void {
  list = now;
  const under = list.some(({ state }) => state === 'sending' || state === 'waiting');
  globalThis.onbeforeunload = under
    ? (event) => {
        event.preventDefault();
      }
    : null;
  listeners.forEach((listener) => {
    listener();
  });
}

function change(id: number, next: Partial<Sending>): void {
  become(list.map((each) => (each.id === id ? { ...each, ...next } : each)));
}

function next(): void {
  const waiting = list.find(({ state }) => state === 'waiting');
  const file = waiting && files.get(waiting.id);
  if (current || !waiting || !file) return;
  const { id, source } = waiting;
  const request = new XMLHttpRequest();
  current = { id, request };
  change(id, { state: 'sending', since: Date.now() });
  request.open('POST', `${PATH}?${new URLSearchParams({ name: file.name, ...(source ? { source } : {}) }).toString()}`);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  if (csrf.token) request.setRequestHeader('X-CSRF-Token', csrf.token);
  request.upload.onprogress = ({ loaded }) => {
    change(id, { sent: loaded });
  };
  request.onloadend = () => {
    current = undefined;
    if (list.find((each) => each.id === id)?.state !== 'cancelled') change(id, outcome(request));
    next();
  };
  request.send(file);
}

/** What became of a request. */
function outcome(request: XMLHttpRequest): Partial<Sending> {
  if (request.status === 202) return { state: 'accepted', accepted: JSON.parse(request.responseText) as Accepted };
  if (request.status === 0) {
    const detail = 'The connection broke before the file was whole; nothing of it was kept.';
    return { state: 'refused', problem: { ...ours(0, detail), hint: 'Send it again, or ask whether the server still runs.' } };
  }
  const answer = new Response(null, { status: request.status, statusText: request.statusText });
  const problem = problemOf(read(parsed(request.responseText), answer));
  const wait = request.getResponseHeader('Retry-After');
  return { state: 'refused', problem: wait ? { ...problem, hint: `Send it again in ${wait} s.` } : problem };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ours(status: number, detail: string): Problem {
  return { type: 'about:blank', title: 'Not sent', status, detail, errors: [] };
}
