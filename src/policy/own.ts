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
