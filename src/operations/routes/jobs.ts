import { Type } from 'typebox';
import { computeUnderWay } from '../../compute/index.ts';
import { isoSeconds } from '../../core/clock.ts';
import { ok, route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { imagesUnderWay } from '../../image/index.ts';
import { volumesUnderWay } from '../../volume/index.ts';
import type { UnderWay } from '../contract.ts';

const MOST = 1000;
const Text = Nullable(Type.String());

const Job = Type.Object({
  ...{ kind: Type.String(), id: Type.String(), name: Text, project_id: Text, doing: Type.String() },
  ...{ since: Type.String(), deadline: Text, late: Type.Boolean(), host: Text, user_id: Text, request_id: Text },
});

/** What was asked for and is not done yet, of all projects; what takes longest comes first. */
export const listJobs = route({
  operation: 'jobs:list',
  method: 'GET',
  path: '/jobs',
  query: Strict({ limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })) }),
  response: Type.Object({ jobs: Type.Array(Job) }),
  async handler({ app, context, query }) {
    const db = app.store.read;
    const limit = Math.min(MOST, Number(query.limit ?? MOST));
    const found = await Promise.all([
      computeUnderWay(db, limit),
      imagesUnderWay(db, limit),
      volumesUnderWay(db, limit),
    ]);
    const jobs = withoutTwins(found.flat()).toSorted((a, b) => a.since - b.since);
    return ok({ jobs: jobs.slice(0, limit).map((job) => view(job, context.now)) });
  },
});

/** An image that is made of a server is the server's job, and one that is uploaded: the first says more. */
function withoutTwins(jobs: readonly UnderWay[]): UnderWay[] {
  const seen = new Set<string>();
  return jobs.filter(({ kind, id }) => {
    const key = `${kind} ${id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const view = (job: UnderWay, now: number) => ({
  ...{ kind: job.kind, id: job.id, name: job.name, project_id: job.projectId, doing: job.doing },
  since: isoSeconds(job.since),
  deadline: job.deadline === null ? null : isoSeconds(job.deadline),
  late: job.deadline !== null && job.deadline < now,
  ...{ host: job.host, user_id: job.userId, request_id: job.requestId },
});
