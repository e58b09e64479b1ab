// Work that the server does on its own: how far it is, as it happens, until it is over.
import { Failure, ask, get, post, type Problem } from "./http";

export interface Job {
  id: number;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  progress?: { stage: string; what: string; done: number; total: number };
  problem?: Problem;
}

const over = (job: Job): boolean => job.state === "done" || job.state === "failed" || job.state === "cancelled";

const before_again_ms = 500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Listens until the job is over or the stream breaks; gives what was said last. */
async function listen(job: Job, told: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  let last = job;
  const source = new EventSource(`/api/v1/jobs/${job.id}/events`);
  try {
    await new Promise<void>((resolve, reject) => {
      const took = (event: MessageEvent<string>): void => {
        last = JSON.parse(event.data) as Job;
        told(last);
        if (over(last)) resolve();
      };
      source.addEventListener("progress", took);
      source.addEventListener("end", took);
      source.addEventListener("error", () => source.readyState === EventSource.CLOSED && resolve()); // else the browser connects again
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  } finally {
    source.close();
  }
  return last;
}

/** Waits for the end, and gives the job as it is then; `told` is called with each step. Where the stream breaks, the job is asked for. */
export async function ended(job: Job, told: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  let now = job;
  while (!over(now)) {
    signal.throwIfAborted();
    now = await listen(now, told, signal);
    if (over(now)) break;
    now = await get<Job>(`/jobs/${now.id}`, undefined, signal);
    told(now);
    if (!over(now)) await pause(before_again_ms);
  }
  return now;
}

/** Begins a job and gives what came of it; undefined where it was cancelled. */
export async function work<T>(path: string, body: unknown, told: (job: Job) => void, signal: AbortSignal): Promise<T | undefined> {
  const { data: job } = await ask<Job>(path, { method: "POST", ...(body === undefined ? {} : { body }) }); // what takes no body refuses an empty one, too
  told(job);
  const now = await ended(job, told, signal);
  if (now.state === "cancelled") return undefined;
  if (now.state === "failed") throw new Failure(now.problem ?? { type: "", title: "", status: 0 });
  return get<T>(`/jobs/${now.id}/result`, undefined, signal);
}

export const cancel = (job: Job): Promise<unknown> => post(`/jobs/${job.id}/cancel`);
