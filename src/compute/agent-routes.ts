import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { badRequest, notFound } from '../core/errors.ts';
import type { HostId, ImageId } from '../core/ids.ts';
import { placementFault } from '../http/faults.ts';
import { CLOSING } from '../core/signals.ts';
import { noContent, ok, route, type Route } from '../http/route.ts';
import { Strict } from '../http/schemas.ts';
import type { Service } from '../http/service.ts';
import type { PollAnswer } from '../host/document.ts';
import { systemContext } from '../http/context.ts';
import { openImageFile, storeImageData } from '../image/index.ts';
import { endVolumeUpload, hostNeedsImage, hostVolumeUploads } from '../volume/index.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { agentPolicy } from '../policy/own.ts';
import { documentAfter, passGeneration } from './documents.ts';
import { guestPasswordRoutes } from './guest-passwords.ts';
import { hostHasImage } from './host-images.ts';
import { hostKeptImages, isAwaited } from './kept.ts';
import type { ServerImage } from './model.ts';
import { noteLoad } from './host-loads.ts';
import { noteSeen, speakingHost, takeReport } from './reports.ts';
import { hostMakesServerImage } from './server-images.ts';
import { tunnelsOf } from './tunnels.ts';
import { completeReport, HostReportBody } from './wire-agent.ts';

/** How long a poll waits for news; shorter than what proxies on the way allow. */
const POLL_FOR = 30_000;

const document = route({
  operation: 'document',
  method: 'GET',
  path: '/document',
  query: Type.Object({ generation: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) }),
  async handler({ app, context, query, request }) {
    const host = hostOf(context.hostId);
    const seen = Number(query.generation ?? '0');
    const gone = new AbortController();
    request.raw.on('close', () => gone.abort());
    const over = () => gone.signal.aborted || app.abort.aborted;
    const wakes = [`host:${host}`, CLOSING];
    const until = Date.now() + POLL_FOR;
    for (let heard = false; ; heard = true) {
      const count = app.signals.count(...wakes);
      const row = await speakingHost(app.store.read, host);
      if (!heard) await noteSeen(app, host, row);
      if (isAwaited(row.restored)) {
        const left = until - Date.now();
        if (left <= 0 || over()) return ok({ document: null, tunnels: [] } satisfies PollAnswer);
        await app.signals.wait(wakes, count, left, gone.signal);
        continue;
      }
      const { generation, document: news } = await documentAfter(app, host, seen, row);
      if (generation < seen) {
        await passGeneration(app, host, seen);
        continue;
      }
      const left = until - Date.now();
      const tunnels = gone.signal.aborted ? [] : await tunnelsOf(app).handOut(host);
      if (news || left <= 0 || over() || tunnels.length > 0) {
        const answer: PollAnswer = { document: news, tunnels };
        return ok(answer);
      }
      await app.signals.wait(wakes, count, left, gone.signal);
    }
  },
});

const report = route({
  operation: 'report',
  method: 'POST',
  path: '/report',
  bodyLimit: 16 * 1024 * 1024,
  body: HostReportBody,
  async handler({ app, context, body }) {
    const host = hostOf(context.hostId);
    if (body.host !== host) throw badRequest(`This token is host ${host}'s; the report is of ${body.host}.`);
    const { load, ...report } = completeReport(body);
    await takeReport(app, host, report);
    noteLoad(app, host, load);
    return noContent();
  },
});

const image = route({
  operation: 'image',
  method: 'GET',
  path: '/images/:image_id',
  params: Strict({ image_id: Type.String() }),
  async handler({ app, context, params }) {
    const host = hostOf(context.hostId);
    // A host may read what its servers and volumes are made of, and nothing else.
    const { read } = app.store;
    const needed =
      (await serversNeedImage(read, host, params.image_id)) ||
      (await hostNeedsImage(read, host, params.image_id)) ||
      (await hostHasImage(read, host, params.image_id));
    if (!needed) throw notFound(`Nothing of this host is made of image ${params.image_id}.`);
    const { stream, sizeBytes } = await openImageFile(app, params.image_id as ImageId);
    return {
      status: 200,
      body: stream,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) },
    };
  },
});

/** Whether a server of the host boots from the image, its own or one to rescue it with. */
async function serversNeedImage(db: Reader, host: HostId, imageId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('servers')
    .select(['image_id', 'shelved_image_id', 'rescue'])
    .where('host_id', '=', host)
    .where('deleted', '=', 0)
    .where((where) =>
      where.or([
        where('image_id', '=', imageId),
        where('shelved_image_id', '=', imageId),
        where('rescue', 'is not', null),
      ]),
    )
    .execute();
  return rows.some(
    (row) =>
      row.image_id === imageId ||
      row.shelved_image_id === imageId ||
      (row.rescue !== null && fromJson<ServerImage>(row.rescue).id === imageId),
  );
}

const imageData = route({
  operation: 'image-data',
  method: 'PUT',
  path: '/images/:image_id/data',
  params: Strict({ image_id: Type.String() }),
  async handler({ app, context, params, body, request }) {
    const host = hostOf(context.hostId);
    const id = params.image_id as ImageId;
    const ofServer =
      (await hostMakesServerImage(app.store.read, host, id)) ||
      (await hostKeptImages(app.store.read, host)).some((one) => one.id === id);
    const ofVolume = !ofServer && (await hostVolumeUploads(app.store.read, host)).some((one) => one.id === id);
    if (!ofServer && !ofVolume) throw notFound(`This host is not asked for image ${id}.`);
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    const stream = body instanceof Readable ? body : Readable.from([]);
    const expected = Number.isSafeInteger(length) ? length : null;
    await storeImageData(app, systemContext(context.now, context.requestId), id, stream, { expected });
    if (ofVolume) await app.store.transaction((tx) => endVolumeUpload(app, tx, id, null));
    // Whoever waits for the image looks at it, and the host's document does without it.
    app.signals.raise('servers');
    app.signals.raise(`host:${host}`);
    return noContent();
  },
});

function hostOf(host: HostId | null): HostId {
  if (host === null) throw new Error('an agent route ran without a host');
  return host;
}

const routes: Route[] = [document, report, image, imageData, ...guestPasswordRoutes];

/** What the agents of the hosts talk to: described in host/document.ts. */
export const agentService: Service = {
  name: 'agent',
  prefix: '/agent/v1',
  routes,
  rootRoutes: [],
  policy: agentPolicy,
  fault: placementFault,
  versions: null,
};
