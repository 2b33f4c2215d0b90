/** Why a request was not done, as the API says it (`application/problem+json`). */
import type { components } from './schema';

export type Problem = components['schemas']['Problem'];

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  /** What to name when asking for help: it stands in the server's log too. */
  get id(): string | undefined {
    return this.problem.instance ?? undefined;
  }
}

/** Whatever went wrong, as a problem with a hint. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return {
      type: 'about:blank',
      title: 'No connection',
      status: 0,
      detail: 'The server does not answer.',
      hint: 'It may be restarting; this page goes on by itself when it is back.',
      errors: [],
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'about:blank', title: 'A fault of this page', status: 0, detail, errors: [] };
}

/** The problem in an answer's body, or one made of its status where the body says nothing. */
export function read(body: unknown, response: Response): ApiError {
  if (typeof body === 'object' && body !== null && 'detail' in body && 'status' in body) {
    return new ApiError({ ...(body as Problem) });
  }
  const detail = `The server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError({ type: 'about:blank', title: 'Error', status: response.status, detail, errors: [] });
}
