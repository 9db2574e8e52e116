import { Type, type Static } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { Strict } from '../../http/schemas.ts';

const Text = Type.String({ minLength: 1, maxLength: 255 });
const Domain = Strict({ id: Type.Optional(Text), name: Type.Optional(Text) });
const Texts = Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 1000 });

const Remote = Strict({
  type: Text,
  any_one_of: Type.Optional(Texts),
  not_any_of: Type.Optional(Texts),
  whitelist: Type.Optional(Texts),
  blacklist: Type.Optional(Texts),
  regex: Type.Optional(Type.Boolean()),
});

const Local = Strict({
  user: Type.Optional(
    Strict({
      id: Type.Optional(Text),
      name: Type.Optional(Text),
      email: Type.Optional(Text),
      domain: Type.Optional(Domain),
      type: Type.Optional(Type.Union([Type.Literal('ephemeral'), Type.Literal('local')])),
    }),
  ),
  group: Type.Optional(Strict({ id: Type.Optional(Text), name: Type.Optional(Text), domain: Type.Optional(Domain) })),
  groups: Type.Optional(Text),
  group_ids: Type.Optional(Text),
  domain: Type.Optional(Domain),
  projects: Type.Optional(
    Type.Array(
      Strict({ name: Text, domain: Type.Optional(Domain), roles: Type.Array(Strict({ name: Text }), { minItems: 1 }) }),
      { minItems: 1, maxItems: 100 },
    ),
  ),
});

const Rule = Strict({
  local: Type.Array(Local, { minItems: 1, maxItems: 100 }),
  remote: Type.Array(Remote, { minItems: 1, maxItems: 100 }),
});
const Rules = Type.Array(Rule, { minItems: 1, maxItems: 1000 });
const Version = Type.Optional(Type.Union([Type.Literal('1.0'), Type.Literal('2.0')]));

export type Rule = Static<typeof Rule>;

export const MappingCreate = Strict({
  mapping: Type.Object({ rules: Rules, schema_version: Version }, { additionalProperties: false }),
});
export const MappingUpdate = Strict({
  mapping: Type.Object({ rules: Type.Optional(Rules), schema_version: Version }, { additionalProperties: false }),
});

const CONDITIONS = ['any_one_of', 'not_any_of', 'whitelist', 'blacklist'] as const;

/** What a schema cannot say of rules. Throws ApiError 400 with the rule and what is wrong with it. */
export function checkRules(rules: readonly Rule[]): void {
  for (const [index, { local, remote }] of rules.entries()) {
    const wrong = (what: string) => badRequest(`Rule ${index + 1} of the mapping: ${what}`);
    for (const requirement of remote) {
      const conditions = CONDITIONS.filter((name) => requirement[name] !== undefined);
      if (conditions.length > 1) throw wrong(`'${requirement.type}' has ${conditions.join(' and ')}: give one.`);
      if (requirement.regex !== true) continue;
      for (const text of conditions.flatMap((name) => requirement[name] ?? [])) {
        if (!isExpression(text)) throw wrong(`'${text}' is no regular expression.`);
      }
    }
    const filled = remote.filter(({ any_one_of, not_any_of }) => !any_one_of && !not_any_of).length;
    for (const [, number = ''] of JSON.stringify(local).matchAll(/\{(\d+)\}/g)) {
      if (Number(number) >= filled) {
        throw wrong(
          `there is no value for {${number}}: only remote entries without any_one_of and not_any_of give one.`,
        );
      }
    }
    for (const { group, groups, domain } of local) {
      if (group && (group.id === undefined) === (group.name === undefined))
        throw wrong('a group needs an id or a name.');
      if (group?.name !== undefined && !group.domain) throw wrong("a group's name needs a domain.");
      if (groups !== undefined && !domain) throw wrong('names of groups need a domain beside them.');
    }
  }
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
