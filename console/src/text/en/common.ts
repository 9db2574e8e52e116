export const common = {
  actions: 'Actions',
  actionsFor: (name: string) => `Actions for ${name}`,
  add: 'Add',
  advanced: 'Advanced',
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  copied: 'Copied',
  copy: 'Copy',
  create: 'Create',
  delete: 'Delete',
  details: 'Details',
  download: 'Download',
  edit: 'Edit',
  id: 'Id',
  loading: 'Loading…',
  name: 'Name',
  no: 'No',
  none: 'None',
  optional: '(optional)',
  description: 'Description',
  save: 'Save',
  remove: 'Remove',
  status: 'Status',
  created: 'Created',
  tryAgain: 'Try again',
  yes: 'Yes',
  typeToConfirm: (name: string) => `Type “${name}” to confirm`,
  units: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
  usedOf: (used: string, limit: string) => `${used} of ${limit}`,
  usedNoLimit: (used: string) => `${used}, no limit`,
  stepState: { done: 'done', now: 'happening now', later: 'to come', failed: 'failed' },
};

export const table = {
  search: 'Search',
  columns: 'Columns',
  actions: 'Actions',
  count: (n: number) => (n === 1 ? '1 entry' : `${n} entries`),
  countOf: (n: number, total: number) => `${n} of ${total} entries`,
  chosen: (n: number) => `${n} chosen`,
  choose: (name: string) => `Choose ${name}`,
  chooseAll: 'Choose all',
  chooseNone: 'Choose none',
  chooseHint: 'Hold Shift to choose all rows up to this one.',
  nothingFound: 'Nothing matches. Change the search or the filters.',
};

export const how = {
  title: 'Show me how',
  command: 'The same with the openstack client',
  http: 'The request to the API',
  token: 'The client takes its token from clouds.yaml; $TOKEN is what “openstack token issue -f value -c id” prints.',
};

/** What happened and what to do about it. */
interface Advice {
  title: string;
  todo: string;
}

export const errors = {
  requestId: 'Request id, for the operator:',
  byStatus(status: number, retryAfter: number | null): Advice {
    switch (status) {
      case 0:
        return {
          title: 'The cloud does not answer',
          todo: 'Check your connection. Nothing has been lost; try again in a moment.',
        };
      case 400:
        return { title: 'The cloud did not accept this', todo: 'Correct what the message names, then try again.' };
      case 401:
        return { title: 'You are signed out', todo: 'Sign in again; you will come back here.' };
      case 403:
        return {
          title: 'This is not allowed',
          todo: 'Your role in this project, or a quota, does not permit it. Ask who looks after the project.',
        };
      case 404:
        return { title: 'It is not there', todo: 'It may have been deleted, or it belongs to another project.' };
      case 409:
        return {
          title: 'Not in its present state',
          todo: 'Wait until it has finished what it does, or free what uses it, then try again.',
        };
      case 413:
        return {
          title: 'That is too much',
          todo: 'Delete what is not needed, or ask the operator for a larger quota.',
        };
      case 429:
        return {
          title: 'Too many requests',
          todo: retryAfter === null ? 'Wait a little, then try again.' : `Try again in ${retryAfter} seconds.`,
        };
      case 502:
      case 503:
      case 504:
        return {
          title: 'The cloud is busy starting or ending',
          todo: 'Try again in a moment. Servers keep running meanwhile.',
        };
      case -1:
        return {
          title: 'Something in this page failed',
          todo: 'Reload the page. If it happens again, tell the operator what you did.',
        };
      default:
        return { title: 'The cloud failed', todo: 'Try again. If it happens again, tell the operator the request id.' };
    }
  },
};
