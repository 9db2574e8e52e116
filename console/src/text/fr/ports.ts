import type { Text } from '../en/index.ts';

export const ports: Text['ports'] = {
  port: 'Port',
  create: 'Nouveau port',
  createTitle: (network) => `Un nouveau port sur ${network}`,
  createText:
    'Un port est une place sur un réseau, avec son adresse et ses règles. Créé avant le serveur, il garde l’adresse, quel que soit le serveur où il est branché.',
  made: 'Le port est créé',
  saved: 'Enregistré',
  editTitle: (name) => `Modifier le port ${name}`,
  addressesHint: 'Séparées par des espaces. Le serveur doit connaître lui aussi une adresse supplémentaire.',
  addressesNewHint:
    'Une ou plusieurs de la plage du réseau, séparées par des espaces. Sans rien, le réseau en donne une.',
  more: 'Une adresse de plus, donnée par le réseau, de la plage',
  groups: 'Groupes de sécurité',
  groupsHint: 'Qui peut le joindre, et qui il peut joindre.',
  noGroups: 'Aucun : personne ne le joint',
  secured: 'Le protéger',
  securedHint:
    'Les groupes de sécurité s’appliquent, et ce qui y est branché ne peut émettre que depuis ses propres adresses. Ne désactivez ceci que pour un routeur ou un pare-feu à vous.',
  unsecured: 'Il n’est pas protégé : tout entre et tout sort',
  pairs: 'Autres adresses qu’il peut utiliser',
  pairsHint:
    'Pour une adresse que plusieurs serveurs se partagent (par keepalived, par exemple), ou une plage derrière un de vos serveurs.',
  pairAddress: 'Adresse ou plage',
  addPair: 'Ajouter une adresse',
  problems: {
    address: 'L’une d’elles n’est pas une adresse : écrivez 192.168.10.20 ou 2001:db8::20.',
    pair: 'L’une d’elles n’est ni une adresse ni une plage : écrivez 192.168.10.100 ou 10.8.0.0/16.',
    'pair-mac': 'Une adresse matérielle a six paires de chiffres : fa:16:3e:00:00:01.',
    'pairs-many': 'Dix au plus.',
  },
};
