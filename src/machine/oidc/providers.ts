import { OperatorError } from '../../core/errors.ts';
import {
  accountOf,
  ENGLISH,
  FEDERATION,
  isPublic,
  issuerOf,
  meaningOf,
  planOf,
  PROTOCOL,
  protocolPath,
  rulesFor,
  sentenceOf,
  type Grant,
  type Rule,
  type Who,
} from '../../sign-in/index.ts';
import { UsageError } from '../options.ts';
import { list, object, text, type Json, type Session } from '../seed/client.ts';

/* Identity providers as `potluck oidc` sets them up: through the public APIs, as the console does. */

/** For programs, and for people; `good` is false for what an exit code should tell. */
export interface Report {
  answer: unknown;
  words: string[];
  good?: boolean;
}

/** What was said; null leaves what is there. */
export interface Wishes {
  id: string;
  issuer: string | null;
  clientId: string | null;
  clientSecret: string | null;
  name: string | null;
  ownProject: boolean | null;
  rules: readonly Rule[] | null;
  who: Who | null;
  grants: readonly Grant[];
  /** Keeps a provider that does not answer as it should. */
  force: boolean;
}

const IDENTITY = 'identity/v3';

interface Found {
  provider: Json | null;
  /** The id of the domain that is called as the provider. */
  domain: string | null;
  protocol: { id: string; mapping_id: string } | null;
  /** Of the protocol's mapping, or of one with the provider's id. */
  rules: Rule[] | null;
  oidc: Json | null;
}

/** What is there of a provider. Lists are asked, so that what is missing is no error. */
async function find(admin: Session, id: string): Promise<Found> {
  const providers = list(await admin.get(IDENTITY, `${FEDERATION}/identity_providers`), 'identity_providers');
  const provider = providers.find((one) => one['id'] === id) ?? null;
  const path = `${FEDERATION}/identity_providers/${encodeURIComponent(id)}/protocols`;
  const protocols = provider === null ? [] : list(await admin.get(IDENTITY, path), 'protocols');
  const [first] = protocols;
  const protocol = first === undefined ? null : { id: text(first, 'id'), mapping_id: text(first, 'mapping_id') };
  const mappings = list(await admin.get(IDENTITY, `${FEDERATION}/mappings`), 'mappings');
  const mapping = mappings.find((one) => one['id'] === (protocol?.mapping_id ?? id));
  // A provider without is shown by its 404.
  const oidc =
    protocol === null
      ? null
      : await admin.get(IDENTITY, `${protocolPath(id, protocol.id)}/oidc`).catch((error: unknown) => {
          if (error instanceof OperatorError && error.message.includes('answered with 404')) return null;
          throw error;
        });
  const domains = list(await admin.get(IDENTITY, `/domains?name=${encodeURIComponent(id)}`), 'domains');
  const domain = domains[0] === undefined ? null : text(domains[0], 'id');
  return {
    provider,
    domain,
    protocol,
    rules: (mapping?.['rules'] as Rule[]) ?? null,
    oidc: oidc && object(oidc, 'oidc'),
  };
}

/** Sets up a provider, or changes what is said of it. Throws UsageError for what is missing, OperatorError for what does not work. */
export async function addProvider(admin: Session, url: string, wishes: Wishes): Promise<Report> {
  const { id, clientSecret } = wishes;
  const there = await find(admin, id);
  const known = (key: string) => (there.oidc === null ? null : text(there.oidc, key));
  const issuer = wishes.issuer === null ? known('issuer') : issuerOf(wishes.issuer);
  const clientId = wishes.clientId ?? known('client_id');
  if (issuer === null || clientId === null) {
    throw new UsageError(`Say who ${id} is: --issuer and --client-id.`, `First register there: ${redirectOf(url)}`);
  }
  const saysRules = wishes.who !== null || wishes.grants.length > 0 || wishes.rules !== null;
  if (!saysRules && there.rules === null) {
    throw new UsageError(
      'Say who may sign in: --members-of, --addresses-at, --everybody, --grant or --rules.',
      'See: potluck oidc --help',
    );
  }
  const stored = clientSecret === null && there.oidc?.['has_client_secret'] === true;
  const asked = { issuer, client_id: clientId, ...(clientSecret !== null && { client_secret: clientSecret }) };
  const before = stored ? null : await check(admin, `${FEDERATION}/oidc/check`, { oidc: asked });
  if (before && isBad(before) && !wishes.force) {
    throw new OperatorError(
      ['This does not work yet:', ...findings(before)].join('\n'),
      'Mend it and try again, or keep it as it is with --force.',
    );
  }
  const account = accountOf(before && (before['claims'] as string[] | null));
  const rules =
    wishes.rules ??
    (saysRules ? rulesFor({ who: wishes.who, grants: wishes.grants, account, domain: 'default' }) : null);
  const name = wishes.name ?? known('display_name') ?? id;
  const steps = planOf(
    {
      id,
      rules,
      oidc: {
        ...{ display_name: name, issuer, client_id: clientId },
        own_project: wishes.ownProject ?? there.oidc?.['own_project'] === true,
        ...(clientSecret !== null && { client_secret: clientSecret }),
      },
    },
    {
      provider: there.provider && { remote_ids: there.provider['remote_ids'] as string[] },
      domain: there.domain,
      protocol: there.protocol,
      rules: there.rules,
    },
  );
  let kept: Json = {};
  for (const { method, path, body } of steps) kept = await admin.send(method, IDENTITY, path, body);
  const protocol = there.protocol?.id ?? PROTOCOL;
  const after = before ?? (await check(admin, `${protocolPath(id, protocol)}/oidc/check`));
  const shown = object(kept, 'oidc');
  const sentences = (rules ?? there.rules ?? []).map(said);
  const bad = isBad(after);
  return {
    answer: { id, oidc: shown, findings: after['findings'] },
    good: !bad || wishes.force,
    words: [
      bad ? `${name} is kept, but does not work yet:` : `People can sign in with ${name}, at ${url}/`,
      ...(bad ? findings(after) : []),
      ...sentences.map((one) => `  ${one}.`),
      ...(shown['own_project'] === true ? ['  At their first sign-in they get a project of their own.'] : []),
      ...(wishes.who?.kind === 'everybody' && isPublic(issuer)
        ? ['Anybody in the world can have an account there: --addresses-at is narrower.']
        : []),
      '',
      `Redirect URI, as registered there:  ${text(shown, 'redirect_uri')}`,
      `Back-channel logout URI, if it asks: ${text(shown, 'backchannel_logout_uri')}`,
    ],
  };
}

/** All providers, with their rules in words. */
export async function listProviders(admin: Session, url: string): Promise<Report> {
  const providers = list(await admin.get(IDENTITY, `${FEDERATION}/identity_providers`), 'identity_providers');
  const answer: Json[] = [];
  const words: string[] = [];
  for (const provider of providers) {
    const id = text(provider, 'id');
    const { protocol, rules, oidc } = await find(admin, id);
    answer.push({ ...provider, protocol: protocol?.id ?? null, rules, oidc });
    const state = provider['enabled'] === true ? '' : ', disabled';
    const how = oidc === null ? 'not set up yet' : `${text(oidc, 'display_name')}, ${text(oidc, 'issuer')}`;
    words.push(`${id}: ${how}${state}`, ...(rules ?? []).map((rule) => `  ${said(rule)}.`));
    if (oidc?.['own_project'] === true) words.push('  At their first sign-in they get a project of their own.');
  }
  if (words.length === 0) words.push('No provider is set up.');
  return {
    answer,
    words: [...words, '', `Register this cloud at a provider with the redirect URI ${redirectOf(url)}`],
  };
}

/** What is wrong with a provider, if anything. Throws UsageError for one that is not there. */
export async function checkStored(admin: Session, id: string): Promise<Report> {
  const { provider, protocol, oidc } = await find(admin, id);
  if (provider === null) throw unknown(id);
  if (protocol === null || oidc === null) {
    throw new UsageError(`How ${id} is asked has not been said.`, `Say it: potluck oidc add ${id} --issuer URL …`);
  }
  const answer = await check(admin, `${protocolPath(id, protocol.id)}/oidc/check`);
  const bad = isBad(answer);
  const off = provider['enabled'] === true ? [] : [`It is disabled: openstack identity provider set --enable ${id}`];
  return { answer, good: !bad, words: [...findings(answer), ...off] };
}

/** Takes a provider away, with the rules that are its own. A second time there is nothing left to do. */
export async function removeProvider(admin: Session, id: string): Promise<Report> {
  const { provider, protocol, rules } = await find(admin, id);
  if (provider !== null) {
    await admin.send('DELETE', IDENTITY, `${FEDERATION}/identity_providers/${encodeURIComponent(id)}`);
  }
  const own = rules !== null && (protocol === null || protocol.mapping_id === id);
  if (own) await admin.send('DELETE', IDENTITY, `${FEDERATION}/mappings/${encodeURIComponent(id)}`);
  const gone = provider === null && !own;
  return {
    answer: { removed: gone ? null : id },
    words: [
      gone
        ? `There is no provider ${id}.`
        : `Nobody signs in with ${id} any more; its users' accounts are disabled, what is in their projects stays.`,
    ],
  };
}

const check = async (admin: Session, path: string, body?: object): Promise<Json> =>
  object(await admin.send('POST', IDENTITY, path, body), 'check');

const isBad = (answer: Json) => list(answer, 'findings').some((one) => one['result'] === 'bad');

const MARKS: Record<string, string> = { good: 'good   ', bad: 'wrong  ', unknown: '?      ' };

const findings = (answer: Json): string[] =>
  list(answer, 'findings').map((one) => `  ${MARKS[text(one, 'result')] ?? ''}${text(one, 'message')}`);

function said(rule: Rule): string {
  const meaning = meaningOf(rule);
  return meaning ? sentenceOf(meaning, ENGLISH) : `By a rule of its own: ${JSON.stringify(rule)}`;
}

const redirectOf = (url: string) => `${url}/session/oidc/callback`;

const unknown = (id: string) => new UsageError(`There is no provider ${id}.`, 'See: potluck oidc list');
