import type { Text } from '../en/index.ts';

export const serverGroups: Text['serverGroups'] = {
  title: 'Groupes de serveurs',
  about:
    'Un groupe de serveurs dit lesquels doivent tourner sur la même machine, et lesquels non : deux copies d’un site sur des machines différentes survivent à la panne de l’une. Un serveur rejoint un groupe à sa création.',
  create: 'Nouveau groupe de serveurs',
  emptyTitle: 'Pas encore de groupe de serveurs',
  emptyText: 'Créez-en un avant les serveurs, puis choisissez-le pour chacun d’eux dans les options avancées.',
  nameMissing: 'Donnez-lui un nom.',
  made: (name) => `${name} est créé`,
  policy: 'Où tournent ses serveurs',
  policies: {
    'anti-affinity': 'Séparés, toujours',
    'soft-anti-affinity': 'Séparés, si possible',
    affinity: 'Ensemble, toujours',
    'soft-affinity': 'Ensemble, si possible',
  },
  policyTexts: {
    'anti-affinity': 'Chacun sur une autre machine ; un serveur pour lequel il n’y en a pas n’est pas créé.',
    'soft-anti-affinity': 'Sur des machines différentes tant qu’il y en a assez.',
    affinity: 'Sur une seule machine, proches l’un de l’autre ; un serveur qui n’y tient pas n’est pas créé.',
    'soft-affinity': 'Sur une seule machine tant qu’elle a de la place.',
  },
  members: 'Serveurs',
  remove: 'Supprimer',
  removeTitle: (n, name) => (n < 2 ? `Supprimer ${name} ?` : `Supprimer ${n} groupes de serveurs ?`),
  removeText: 'Ses serveurs restent où ils sont.',
  removed: (n) => (n < 2 ? 'Le groupe de serveurs est supprimé' : `${n} groupes de serveurs sont supprimés`),
};
