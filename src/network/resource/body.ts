import { Type, type Static, type TSchema } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, parseBool, Strict } from '../../http/schemas.ts';
import { invalidAttribute, notAuthorized } from '../errors.ts';

/** `true`, `"True"`, 1: Neutron converts all of them, and the openstack client sends more than one. */
export const Bool = Type.Union([Type.Boolean(), Type.String({ maxLength: 5 }), Type.Literal(0), Type.Literal(1)]);
/** A number or its text: the openstack client sends `--mtu` as it was typed. */
export const Int = Type.Union([Type.Integer(), Type.String({ pattern: '^-?[0-9]{1,10}$' })]);
export const Name = Type.String({ maxLength: 255 });
export const Uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$',
});
export const Address = Type.String({ minLength: 2, maxLength: 64 });

/** Members that every create request may have. */
export const standardCreate = {
  name: Type.Optional(Name),
  description: Type.Optional(Type.String({ maxLength: 255 })),
  project_id: Type.Optional(Type.String({ maxLength: 255 })),
  tenant_id: Type.Optional(Type.String({ maxLength: 255 })),
};
export const standardUpdate = {
  name: Type.Optional(Name),
  description: Type.Optional(Type.String({ maxLength: 255 })),
};

export const Route = Strict({ destination: Type.String({ maxLength: 64 }), nexthop: Address });
export const Routes = Type.Array(Route);
export const Pools = Type.Array(Strict({ start: Address, end: Address }));
/** Where a null stands for an empty list. */
export const NullableArray = <S extends TSchema>(items: S) => Nullable(Type.Array(items));

/** Whether a client gave a value: a null means the same as nothing. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

export function toBool(value: Static<typeof Bool>, attribute: string): boolean {
  const truth = parseBool(String(value));
  if (truth === undefined) throw invalidAttribute(attribute, `'${value}' cannot be converted to boolean.`);
  return truth;
}

export const toInt = (value: Static<typeof Int>) => Number(value);

/** Whose the new resource is: the caller's project's; only an administrator may name another. */
export function projectOf(
  context: Context,
  body: { project_id?: string | undefined; tenant_id?: string | undefined },
): ProjectId {
  const named = body.project_id ?? body.tenant_id;
  if (body.project_id !== undefined && body.tenant_id !== undefined && body.project_id !== body.tenant_id) {
    throw badRequest("'project_id' and 'tenant_id' do not match", 'HTTPBadRequest');
  }
  if (named !== undefined && named !== '' && named !== context.projectId && !context.isAdmin) {
    throw badRequest(
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
      'HTTPBadRequest',
    );
  }
  const project = named === undefined || named === '' ? context.projectId : (named as ProjectId);
  if (project === null) throw badRequest('Running without a project: name one with project_id.', 'HTTPBadRequest');
  return project;
}

/** Throws 403 when someone other than an administrator names one of the attributes. */
export function adminOnly(context: Context, body: object, operation: string, attributes: readonly string[]): void {
  if (context.isAdmin) return;
  const named = attributes.find((attribute) => Object.hasOwn(body, attribute));
  if (named !== undefined) throw notAuthorized(`${operation}:${named}`);
}
