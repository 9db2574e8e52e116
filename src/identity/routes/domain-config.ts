import { Type } from 'typebox';
import { forbidden, notFound } from '../../core/errors.ts';
import { created, noContent, ok, route, type Call, type Reply, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { DEFAULTS, parseChange, parseConfig, partOf, requireKnown } from '../domain-config/options.ts';
import { readableRules } from '../password-rules.ts';
import { requireSeesAll } from '../policy.ts';
import { deleteConfig, readConfig, writeConfig } from '../store/domain-configs.ts';
import { getDomain } from '../store/projects.ts';
import { IdParams } from '../wire/common.ts';

const Body = Strict({ config: Type.Record(Type.String(), Type.Unknown()) });

type Names = { domain_id?: string; group?: string; option?: string };

/** A part of the configuration that has a URL of its own: all of it, a group, an option. */
const PARTS = [
  { name: 'config', tail: '', keys: [] },
  { name: 'config-group', tail: '/:group', keys: ['group'] },
  { name: 'config-option', tail: '/:group/:option', keys: ['group', 'option'] },
] as const;

const notConfigured = (domainId: string, group: string | null, option: string | null) => {
  const what = group === null ? 'any options' : `${option === null ? '' : `option ${option} in `}group ${group}`;
  return notFound(`Could not find ${what} in domain configuration for domain ${domainId}.`);
};

const namesOf = ({
  domain_id: domainId = '',
  group = null,
  option = null,
}: Partial<Record<string, string | null>>) => ({
  domainId: domainId ?? '',
  group,
  option,
});

/** The rules for passwords, which everybody may know: who chooses one must. */
function securityCompliance({ app }: Pick<Call, 'app'>, names: ReturnType<typeof namesOf>): Reply {
  if (names.domainId !== 'default') {
    throw forbidden('Reading security compliance information is supported for the default domain only.');
  }
  const rules = readableRules(app.config.passwordRules);
  if (names.option !== null && !Object.hasOwn(rules, names.option)) {
    throw forbidden(
      'Reading security compliance values other than password_regex and password_regex_description is not allowed.',
    );
  }
  return ok({ config: partOf({ security_compliance: rules }, 'security_compliance', names.option) ?? {} });
}

const routesOf = ({ name, tail, keys }: (typeof PARTS)[number]): Route[] => {
  const params = IdParams('domain_id', ...keys);
  const path = `/domains/:domain_id/config${tail}`;
  const show = route({
    operation: `domains:show-${name}`,
    method: 'GET',
    path,
    params,
    async handler(call) {
      const names = namesOf(call.params as Names);
      if (names.group === 'security_compliance') return securityCompliance(call, names);
      requireSeesAll(call.context, 'get_domain_config');
      const { app } = call;
      const domain = await getDomain(app.store.read, names.domainId);
      requireKnown(names.group, names.option);
      const part = partOf(await readConfig(app.store.read, app.secrets, domain.id), names.group, names.option);
      if (part === null) throw notConfigured(domain.id, names.group, names.option);
      return ok({ config: part });
    },
  });
  const update = route({
    operation: `domains:update-${name}`,
    method: 'PATCH',
    path,
    params,
    body: Body,
    async handler({ app, context, params: given, body }) {
      const { domainId, group, option } = namesOf(given as Names);
      const config = await app.store.transaction(async (tx) => {
        const domain = await getDomain(tx.db, domainId);
        const change = parseChange(body.config, group, option);
        const before = await readConfig(tx.db, app.secrets, domain.id, { sensitive: true });
        if (group !== null && partOf(before, group, option) === null) throw notConfigured(domain.id, group, option);
        await writeConfig(tx, app.secrets, domain.id, change);
        await writeAudit(tx, context, `identity:domains:update-${name}`, domain.id, { groups: Object.keys(change) });
        return readConfig(tx.db, app.secrets, domain.id);
      });
      return ok({ config });
    },
  });
  const remove = route({
    operation: `domains:delete-${name}`,
    method: 'DELETE',
    path,
    params,
    async handler({ app, context, params: given }): Promise<Reply> {
      const { domainId, group, option } = namesOf(given as Names);
      await app.store.transaction(async (tx) => {
        const domain = await getDomain(tx.db, domainId);
        requireKnown(group, option);
        const before = await readConfig(tx.db, app.secrets, domain.id, { sensitive: true });
        if (group !== null && partOf(before, group, option) === null) throw notConfigured(domain.id, group, option);
        await deleteConfig(tx, domain.id, group, option);
        await writeAudit(tx, context, `identity:domains:delete-${name}`, domain.id, { group, option });
      });
      return noContent();
    },
  });
  const defaults = route({
    operation: `domains:show-default-${name}`,
    method: 'GET',
    path: `/domains/config${tail}/default`,
    ...(keys.length > 0 && { params: IdParams(...keys) }),
    async handler({ context, params: given }) {
      requireSeesAll(context, 'get_domain_config_default');
      const { group, option } = namesOf((given ?? {}) as Names);
      requireKnown(group, option);
      const part = partOf({ ...DEFAULTS }, group, option);
      if (part === null) throw forbidden(`The option ${option} in group ${group} has no default that may be read.`);
      return ok({ config: part });
    },
  });
  return [show, update, remove, defaults];
};

const create = route({
  operation: 'domains:create-config',
  method: 'PUT',
  path: '/domains/:domain_id/config',
  params: IdParams('domain_id'),
  body: Body,
  async handler({ app, context, params, body }) {
    const [config, isNew] = await app.store.transaction(async (tx) => {
      const domain = await getDomain(tx.db, params.domain_id);
      const given = parseConfig(body.config);
      const before = await readConfig(tx.db, app.secrets, domain.id, { sensitive: true });
      await deleteConfig(tx, domain.id, null, null);
      await writeConfig(tx, app.secrets, domain.id, given);
      await writeAudit(tx, context, 'identity:domains:create-config', domain.id, { groups: Object.keys(given) });
      return [await readConfig(tx.db, app.secrets, domain.id), Object.keys(before).length === 0] as const;
    });
    return isNew ? created({ config }) : ok({ config });
  },
});

export const domainConfigRoutes = [create, ...PARTS.flatMap(routesOf)];
