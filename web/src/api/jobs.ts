/** Jobs: work that goes on behind the answers, how far it is, and its end. */
import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { components } from './schema';

export type Job = components['schemas']['JobOut'];

const OFTEN = 1000;

/** Whether nothing more comes of a job. */
export function over(job: Job): boolean {
  return job.state !== 'waiting' && job.state !== 'running';
}

/** One job, asked for every second until it is over. */
export const job = (id: string) =>
  queryOptions({
    queryKey: ['jobs', 'one', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/jobs/{job_id}', { signal, params: { path: { job_id: id } } })),
    refetchInterval: ({ state }) => (state.data && over(state.data) ? false : OFTEN),
  });

export async function cancelJob(id: string): Promise<Job> {
  return unwrap(client.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: id } } }));
}
