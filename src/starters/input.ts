/**
 * What the starters are made from: where the cloud is, an application credential for it, and the things that a first
 * server needs. The secret is known only in the answer that made the credential.
 */
export interface StarterInput {
  /** Keystone's public endpoint: `https://cloud.example.org/identity/v3`. */
  authUrl: string;
  region: string;
  /** The entry's name in clouds.yaml; see `cloudName`. */
  cloud: string;
  credential: { id: string; secret: string };
  /** Names, as `openstack image list`, `flavor list` and `network list --external` show them. */
  image: string;
  flavor: string;
  externalNetwork: string;
  /** Who logs in by SSH on servers of this image; `root` unless told. */
  loginUser?: string;
}

export interface StarterFile {
  /** `main.tf`; the name under which the tools look for it. */
  name: string;
  mediaType: string;
  content: string;
  /** Whether it holds the credential's secret: not to be shared or put under version control. */
  secret: boolean;
}

/** A name for clouds.yaml made of a project's: small letters, digits, dashes. */
export function cloudName(project: string): string {
  const plain = project.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'potluck';
}

/** A text in double quotes, as JSON, YAML, HCL (but for its templates) and TypeScript read it. */
export const quoted = (text: string): string => JSON.stringify(text);

/** https://developer.hashicorp.com/terraform/language/expressions/strings: `${` and `%{` begin a template. */
export const hcl = (text: string): string => quoted(text).replaceAll(/([$%])\{/g, '$1$1{');

/** A word of a POSIX shell. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
