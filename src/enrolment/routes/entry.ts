import { unauthorized } from '../../core/errors.ts';
import { peerOf } from '../../http/host-auth.ts';
import { created, ok, route, type Route } from '../../http/route.ts';
import { authorityOf } from '../authority.ts';
import { readEnrolled } from '../hosts.ts';
import { joinHost, renewCertificate } from '../join.ts';
import { knownCertificates } from '../known.ts';
import { JoinBody, RenewBody, viewHostStanding } from '../wire.ts';

/** What a machine asks of the agent endpoint before it has a certificate that counts. */
export const entryRoutes: readonly Route[] = [
  route({
    // Not a secret: who joins compares its fingerprint with the one in the token.
    operation: 'authority',
    method: 'GET',
    path: '/authority',
    async handler({ app }) {
      return ok({ certificate: (await authorityOf(app)).certificate });
    },
  }),
  route({
    operation: 'join',
    method: 'POST',
    path: '/join',
    body: JoinBody,
    async handler({ app, context, body }) {
      const { secret, name, public_key: publicKey, holds = null } = body;
      const joined = await joinHost(app, context, { secret, name, publicKey, holds });
      const { region, ovnSouthbound = null } = app.config;
      return created({ ...joined, region, ovn_southbound: ovnSouthbound });
    },
  }),
  route({
    operation: 'standing',
    method: 'GET',
    path: '/standing',
    async handler({ app, context }) {
      const { hostId: id } = context;
      const host = (await readEnrolled(app.store.read, context.now)).find((one) => one.id === id);
      if (!host) throw unauthorized('This host was removed. To enrol it again, ask the operator: potluck host invite');
      return ok(viewHostStanding(host));
    },
  }),
  route({
    // Public, because the certificate that asks may have expired; it must be known all the same.
    operation: 'renew',
    method: 'POST',
    path: '/certificate',
    body: RenewBody,
    async handler({ app, context, body, request }) {
      const peer = peerOf(request.raw);
      if (peer === null || knownCertificates(app).find(peer) === undefined) {
        throw unauthorized(
          'No certificate that is known came with this request. Ask for an invite: potluck host invite',
        );
      }
      return created(await renewCertificate(app, context, peer, body.public_key));
    },
  }),
];
