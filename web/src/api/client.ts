/** The API's client: its types are made from the server's own description of itself. */
import createClient, { type Middleware } from 'openapi-fetch';
import { read } from './errors';
import type { paths } from './schema';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The token that writes of a session carry. It lives here and nowhere else: a page that is closed forgets it. */
export const csrf: { token: string | undefined } = { token: undefined };

const guarded: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method) && csrf.token) request.headers.set('X-CSRF-Token', csrf.token);
    return request;
  },
};

export const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: 'form', explode: true } },
});
client.use(guarded);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** What was asked for. Throws ApiError. */
export async function unwrap<Data>(asked: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw read(error, response);
  return data as NonNullable<Data>;
}
