import { shellWord, type StarterFile, type StarterInput } from './input.ts';

/** Variables of another account that the clients would take as well, or instead. */
const OTHERS = [
  ...['OS_CLOUD', 'OS_TOKEN', 'OS_USERNAME', 'OS_USER_ID', 'OS_PASSWORD', 'OS_USER_DOMAIN_NAME', 'OS_USER_DOMAIN_ID'],
  ...['OS_PROJECT_NAME', 'OS_PROJECT_ID', 'OS_PROJECT_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_ID', 'OS_SYSTEM_SCOPE'],
];

/** For a shell: `. ./openrc.sh`. https://docs.openstack.org/python-openstackclient/latest/cli/authentication.html */
export function openrc({ authUrl, region, credential }: StarterInput): StarterFile {
  const variables = {
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_AUTH_URL: authUrl,
    OS_APPLICATION_CREDENTIAL_ID: credential.id,
    OS_APPLICATION_CREDENTIAL_SECRET: credential.secret,
    OS_REGION_NAME: region,
    OS_INTERFACE: 'public',
    OS_IDENTITY_API_VERSION: '3',
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  const content = `# Read it into your shell:  . ./openrc.sh\nunset ${OTHERS.join(' ')}\n${lines.join('')}`;
  return { name: 'openrc.sh', mediaType: 'application/x-sh', content, secret: true };
}
