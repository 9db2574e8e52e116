export const ports = {
  port: 'Port',
  create: 'New port',
  createTitle: (network: string) => `A new port on ${network}`,
  createText:
    'A port is a place on a network with its address and rules. Made before the server, it keeps the address, whichever server it is plugged into.',
  made: 'The port is there',
  saved: 'Saved',
  editTitle: (name: string) => `Change the port ${name}`,
  addressesHint: 'Separated by spaces. The server must know of a further address, too.',
  addressesNewHint: 'One or several of the network’s range, separated by spaces. Without any, the network gives one.',
  more: 'One more address, given by the network, of the range',
  groups: 'Security groups',
  groupsHint: 'Who may reach it, and whom it may reach.',
  noGroups: 'None: nobody reaches it',
  secured: 'Protect it',
  securedHint:
    'Security groups apply, and what is plugged in can only send from its own addresses. Switch it off only for a router or a firewall of your own.',
  unsecured: 'It is not protected: everything gets in and out',
  pairs: 'Further addresses it may use',
  pairsHint:
    'For an address that several servers share (by keepalived, for instance), or a range behind a server of yours.',
  pairAddress: 'Address or range',
  addPair: 'Add an address',
  problems: {
    address: 'One of these is no address: write 192.168.10.20 or 2001:db8::20.',
    pair: 'One of these is neither an address nor a range: write 192.168.10.100 or 10.8.0.0/16.',
    'pair-mac': 'A hardware address has six pairs of digits: fa:16:3e:00:00:01.',
    'pairs-many': 'At most ten.',
  },
};
