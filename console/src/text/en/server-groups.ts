export const serverGroups = {
  title: 'Server groups',
  about:
    'A server group says which servers should run on the same machine, and which should not: two copies of a site on different machines survive when one breaks. A server joins a group when it is made.',
  create: 'New server group',
  emptyTitle: 'No server group yet',
  emptyText: 'Make one before the servers, then choose it under “Advanced” for each of them.',
  nameMissing: 'Give it a name.',
  made: (name: string) => `${name} is there`,
  policy: 'Where its servers run',
  policies: {
    'anti-affinity': 'Apart, always',
    'soft-anti-affinity': 'Apart, if possible',
    affinity: 'Together, always',
    'soft-affinity': 'Together, if possible',
  },
  policyTexts: {
    'anti-affinity': 'Each on another machine; a server for which there is none is not made.',
    'soft-anti-affinity': 'On different machines as long as there are enough.',
    affinity: 'On one machine, near to each other; a server that does not fit there is not made.',
    'soft-affinity': 'On one machine as long as it has room.',
  },
  members: 'Servers',
  remove: 'Delete',
  removeTitle: (n: number, name: string) => (n === 1 ? `Delete ${name}?` : `Delete ${n} server groups?`),
  removeText: 'Its servers stay where they are.',
  removed: (n: number) => (n === 1 ? 'The server group is deleted' : `${n} server groups are deleted`),
};
