import { Type, type Static } from 'typebox';
import { Nullable } from '../../http/schemas.ts';

/*
 * The body of POST /v3/auth/tokens. Members that Keystone does not know are let pass, as it does: clients of many
 * ages send them.
 */

const DomainReference = Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) });

const UserReference = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  domain: Type.Optional(DomainReference),
});

const ProjectReference = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  domain: Type.Optional(DomainReference),
});

const PasswordUser = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  domain: Type.Optional(DomainReference),
  password: Type.String({ maxLength: 4096 }),
});

export const AuthRequest = Type.Object({
  auth: Type.Object({
    identity: Type.Object({
      methods: Type.Array(Type.String(), { minItems: 1 }),
      password: Type.Optional(Type.Object({ user: PasswordUser })),
      token: Type.Optional(Type.Object({ id: Type.String() })),
      oauth1: Type.Optional(Type.Object({})),
      totp: Type.Optional(
        Type.Object({
          user: Type.Object({
            id: Type.Optional(Type.String()),
            name: Type.Optional(Type.String()),
            domain: Type.Optional(DomainReference),
            passcode: Type.String({ maxLength: 32 }),
          }),
        }),
      ),
      application_credential: Type.Optional(
        Type.Object({
          id: Type.Optional(Type.String()),
          name: Type.Optional(Type.String()),
          secret: Type.String({ maxLength: 4096 }),
          user: Type.Optional(UserReference),
        }),
      ),
    }),
    scope: Type.Optional(
      Type.Union([
        Type.Literal('unscoped'),
        Nullable(
          Type.Object({
            project: Type.Optional(ProjectReference),
            domain: Type.Optional(DomainReference),
            system: Type.Optional(Type.Object({ all: Type.Optional(Type.Boolean()) })),
            unscoped: Type.Optional(Type.Object({})),
            'OS-TRUST:trust': Type.Optional(Type.Object({ id: Type.Optional(Type.String()) })),
          }),
        ),
      ]),
    ),
  }),
});

export type Auth = Static<typeof AuthRequest>['auth'];
export type AuthScope = Exclude<NonNullable<Auth['scope']>, string>;
export type DomainReference = Static<typeof DomainReference>;
export type UserReference = Static<typeof UserReference>;
export type ProjectReference = Static<typeof ProjectReference>;
