import type { Text } from '../en/index.ts';

export const backups: Text['backups'] = {
  title: 'Sauvegardes',
  emptyTitle: 'Pas encore de sauvegarde',
  emptyText:
    'Une sauvegarde est une copie qui reste quand le volume est perdu ou supprimé. Faites-en une depuis le menu d’un volume, avant d’en avoir besoin.',
  asOf: 'Tel qu’il était',
  volumeGone: 'n’existe plus',
  ofVolume: 'Sauvegardes de ce volume',
  createTitle: (name) => `Sauvegarder ${name}`,
  createText: 'Une copie de tout ce qu’il contient, gardée à part. Pour un grand volume, cela prend un moment.',
  createUsedText:
    'Une copie de tout ce qu’il contient, gardée à part. Un serveur l’utilise : ce que le serveur n’a pas encore écrit n’y est pas. Arrêtez un moment les bases de données, ou détachez d’abord le volume.',
  begun: (name) => `${name} est en cours de création`,
  restore: 'Restaurer',
  restoreTitle: (name) => `Restaurer ${name}`,
  restoring: 'Le volume est en cours de restauration',
  into: 'Vers où',
  intoNew: 'Un nouveau volume',
  intoNewText: 'Tout le reste demeure tel quel : le mieux pour regarder d’abord.',
  intoOld: 'Un volume qui existe',
  intoOldText: 'Ce qu’il contient maintenant est remplacé.',
  noVolumes: (gib) => `Il n’y a pas de volume libre d’au moins ${gib} Gio.`,
  volumeMissing: 'Choisissez un volume.',
  overwritten: 'Tout ce qui est maintenant sur ce volume sera perdu pour de bon.',
  removal: {
    remove: 'Supprimer',
    removeTitle: (n, name) => (n < 2 ? `Supprimer la sauvegarde ${name} ?` : `Supprimer ${n} sauvegardes ?`),
    removeText: 'Ce qu’elle contient ne pourra plus être restauré. Le volume lui-même reste tel qu’il est.',
    removed: (n) => (n < 2 ? 'La sauvegarde est supprimée' : `${n} sauvegardes sont supprimées`),
  },
  retypeTitle: (name) => `Un autre type pour ${name}`,
  retypeText:
    'Un type dit ce qu’un volume peut faire : sa vitesse, le nombre de serveurs qui peuvent s’en servir à la fois.',
  typeMissing: 'Choisissez un type.',
  retyped: 'Le type est changé',
  statuses: {
    available: 'Prête',
    creating: 'En création',
    restoring: 'En restauration',
    deleting: 'En suppression',
    error: 'En échec',
    error_deleting: 'N’a pas pu être supprimée',
  },
};
