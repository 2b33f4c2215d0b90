import { describe, expect, it } from 'vitest';
import { ApiError, problemOf, read } from './errors';

describe('errors', () => {
  it('keep what the server said', () => {
    const body = { title: 'Conflict', status: 409, detail: 'it is resolved', hint: 'reopen it', instance: 'urn:uuid:1' };
    const error = read(body, new Response(null, { status: 409 }));
    expect([error.status, error.message, error.id]).toEqual([409, 'it is resolved', 'urn:uuid:1']);
    expect(problemOf(error).hint).toBe('reopen it');
  });

  it.each([undefined, null, '<html>', { other: 1 }])('are made of the status where the body is %j', (body) => {
    const error = read(body, new Response(null, { status: 502, statusText: 'Bad Gateway' }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toBe('The server answered 502 Bad Gateway');
  });

  it('tell a server that is away from a fault of the page', () => {
    expect(problemOf(new TypeError('Failed to fetch')).title).toBe('No connection');
    expect(problemOf(new TypeError('x is not a function')).title).toBe('A fault of this page');
  });
});
