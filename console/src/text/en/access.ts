export const access = {
  title: 'Access for programs',
  about:
    'An application credential lets a program use this project in your name, without your password: the openstack client, Terraform, a script. Make one for each program, then one can be taken away without the others.',
  create: 'New credential',
  emptyTitle: 'No credential yet',
  emptyText: 'Make one, and download a clouds.yaml or a starter that works at once.',
  nameMissing: 'Give it a name: that of the program, or of the computer it is for.',
  expires: 'Ends',
  never: 'Never',
  periods: { 30: 'In a month', 90: 'In three months', 365: 'In a year', 0: 'Never' },
  expiresHint: 'The shorter, the safer. It can be made anew.',
  roles: 'May act as',
  made: (name: string) => `${name} is made`,
  madeTitle: 'Download what you need now',
  madeText:
    'The secret is in these files, and is shown only now. Whoever has them can use this project: keep them to yourself.',
  files: {
    clouds: 'clouds.yaml, for the openstack client and most tools',
    openrc: 'openrc.sh, for the shell',
  },
  starters: 'Starters: a first server, ready to run',
  tools: {
    'command-line': 'With the openstack client',
    terraform: 'With OpenTofu or Terraform',
    pulumi: 'With Pulumi',
  },
  secret: 'Secret',
  where: 'Put it where the client looks for it, then try it:',
  noAddress:
    'The cloud does not say where its sign-in service is, so there are no files. The id and the secret work nevertheless.',
  done: 'I have what I need',
  remove: 'Delete',
  removeTitle: (n: number, name: string) => (n === 1 ? `Delete ${name}?` : `Delete ${n} credentials?`),
  removeText: 'Programs that use it are refused at once.',
  removed: (n: number) => (n === 1 ? 'The credential is deleted' : `${n} credentials are deleted`),
};
