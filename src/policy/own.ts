import type { Policy } from './policy.ts';

/*
 * Who may do what with the APIs that are Potluck's own.
 */

export const openApiPolicy: Policy = {
  'documents:list': 'public',
  'documents:show': 'public',
};

export const agentPolicy: Policy = {
  document: 'agent',
  report: 'agent',
  image: 'agent',
  'image-data': 'agent',

  'guest-password:show': 'agent',
  'guest-password:set': 'agent',
};

export const auditPolicy: Policy = {
  'events:list': 'overseer',
  'events:show': 'overseer',
};

/** Who hears what changes; of which projects is the store's to say. */
export const eventsPolicy: Policy = {
  'events:stream': 'reader',
};

/** Of all projects, so for who runs the cloud; a project's own quotas are its own to see. */
export const operationsPolicy: Policy = {
  'health:show': 'system-reader',
  'hosts:list': 'system-reader',
  'jobs:list': 'system-reader',
  'placement:show': 'system-reader',
  'quotas:list': 'reader',
};

/** Who may let machines in, and turn them out: whoever runs the cloud. */
export const enrolmentPolicy: Policy = {
  'invites:*': 'admin',
  'hosts:*': 'admin',
  'kept:*': 'admin',
};

/**
 * On the agent endpoint, before a machine has a certificate: joining takes the secret of an invite, renewing the
 * certificate that is to be renewed, and each of them checks its own.
 */
export const entryPolicy: Policy = {
  authority: 'public',
  join: 'public',
  renew: 'public',
  standing: 'agent',
};

export const sessionPolicy: Policy = {
  'sessions:create': 'public',
  'sessions:show': 'authenticated',
  'sessions:delete': 'authenticated',
  'sessions:list': 'authenticated',
  'sessions:end': 'authenticated',
  'sessions:end-others': 'authenticated',
  'providers:list': 'public',
  'oidc:begin': 'public',
  'oidc:complete': 'public',
  // By a token that the provider has signed.
  'oidc:backchannel-logout': 'public',
};
