import type { ConsoleCloud } from '../../console/cloud.ts';
import { apiOf, type Call } from '../../console/seed.ts';
import { startIdentityProvider, type Person } from '../../support/identity-provider.ts';

const FEDERATION = '/identity/v3/OS-FEDERATION';

export interface Association {
  /** What the button on the sign-in page says. */
  name: string;
  /** Takes away the provider, and what its people have here. */
  leave(): Promise<void>;
}

/**
 * An association whose members sign in with the accounts they have: its provider, and what an operator tells the cloud of it
 * (`docs/operate/single-sign-on.md`). Who comes for the first time gets a project of their own.
 */
export async function joinAssociation(cloud: ConsoleCloud, people: ReadonlyMap<string, Person>): Promise<Association> {
  const admin = await apiOf(cloud, 'potluck');
  const provider = await startIdentityProvider(people, `${cloud.url}/session/oidc/callback`);
  const id = `association-${Date.now()}`;
  const name = 'le compte de l’association';
  const rules = [
    {
      remote: [
        { type: 'OIDC-sub' },
        { type: 'OIDC-preferred_username' },
        { type: 'OIDC-groups', any_one_of: ['volunteers'] },
      ],
      local: [{ user: { id: '{0}', name: '{1}' } }],
    },
  ];
  const paths = [
    `${FEDERATION}/mappings/${id}`,
    `${FEDERATION}/identity_providers/${id}`,
    `${FEDERATION}/identity_providers/${id}/protocols/openid`,
  ] as const;
  await admin('PUT', paths[0], { mapping: { rules } });
  await admin('PUT', paths[1], { identity_provider: { enabled: true, remote_ids: [provider.issuer] } });
  await admin('PUT', paths[2], { protocol: { mapping_id: id } });
  const { issuer, clientId, clientSecret } = provider;
  await admin('PUT', `${paths[2]}/oidc`, {
    oidc: { issuer, client_id: clientId, client_secret: clientSecret, display_name: name, own_project: true },
  });
  return {
    name,
    async leave() {
      provider.close();
      for (const path of paths.toReversed()) await admin('DELETE', path);
      for (const { name: person } of people.values()) await removePerson(admin, person);
    },
  };
}

/** The account of somebody who has nothing any more, and the project that came with it: its network goes with it. */
async function removePerson(admin: Call, name: string): Promise<void> {
  for (const kind of ['projects', 'users'] as const) {
    const path = `/identity/v3/${kind}`;
    const found = await admin<Record<string, { id: string }[]>>('GET', `${path}?name=${name}`);
    for (const { id } of found[kind] ?? []) await admin('DELETE', `${path}/${id}`);
  }
}
