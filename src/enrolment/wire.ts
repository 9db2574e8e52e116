import { Type } from 'typebox';
import { isoSeconds } from '../core/clock.ts';
import { Nullable, Strict } from '../http/schemas.ts';
import type { EnrolledHost } from './hosts.ts';
import type { HostInviteTable } from './tables.ts';

const DAY = 24 * 60 * 60;

export const InviteBody = Strict({
  name: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 63 }))),
  uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** Seconds. */
  expires_in: Type.Optional(Type.Integer({ minimum: 60, maximum: 90 * DAY })),
  replace: Type.Optional(Type.Boolean()),
});

const PublicKey = Type.String({ minLength: 1, maxLength: 2000 });

/** What a machine says that joins. Unknown members are let through: it may be one release ahead. */
export const JoinBody = Type.Object({
  secret: Type.String({ minLength: 1, maxLength: 100 }),
  name: Type.String({ minLength: 1, maxLength: 63 }),
  public_key: PublicKey,
  holds: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
});

export const RenewBody = Type.Object({ public_key: PublicKey });

export function viewInvite(invite: HostInviteTable) {
  return {
    id: invite.id,
    name: invite.name,
    replace: invite.replaces === 1,
    uses_left: invite.uses_left,
    expires_at: isoSeconds(invite.expires_at),
    created_at: isoSeconds(invite.created_at),
  };
}

/** What a host is told of itself. */
export const viewHostStanding = (host: EnrolledHost) => ({ id: host.id, name: host.name, up: host.up });

export function viewHost(host: EnrolledHost) {
  return {
    id: host.id,
    name: host.name,
    state: host.up ? 'up' : 'down',
    last_seen: host.lastSeen === null ? null : isoSeconds(host.lastSeen),
    servers: host.servers,
    credential: host.credential,
    certificate_expires_at: host.notAfter === null ? null : isoSeconds(host.notAfter),
  };
}
