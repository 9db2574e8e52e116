import type { Text } from '../en/index.ts';

export const access: Text['access'] = {
  title: 'Accès des programmes',
  about:
    'Un identifiant d’application permet à un programme d’utiliser ce projet en votre nom, sans votre mot de passe : le client openstack, Terraform, un script. Faites-en un par programme : on peut alors en retirer un sans toucher aux autres.',
  create: 'Nouvel identifiant',
  emptyTitle: 'Pas encore d’identifiant',
  emptyText: 'Créez-en un, et téléchargez un clouds.yaml ou un point de départ qui fonctionne aussitôt.',
  nameMissing: 'Donnez-lui un nom : celui du programme, ou de l’ordinateur auquel il est destiné.',
  expires: 'Prend fin',
  never: 'Jamais',
  periods: { 30: 'Dans un mois', 90: 'Dans trois mois', 365: 'Dans un an', 0: 'Jamais' },
  expiresHint: 'Plus c’est court, plus c’est sûr. On peut en refaire un.',
  roles: 'Peut agir comme',
  made: (name) => `${name} est créé`,
  madeTitle: 'Téléchargez maintenant ce qu’il vous faut',
  madeText:
    'Le secret est dans ces fichiers, et n’est montré que maintenant. Qui les possède peut utiliser ce projet : gardez-les pour vous.',
  files: {
    clouds: 'clouds.yaml, pour le client openstack et la plupart des outils',
    openrc: 'openrc.sh, pour le terminal',
  },
  starters: 'Points de départ : un premier serveur, prêt à lancer',
  tools: {
    'command-line': 'Avec le client openstack',
    terraform: 'Avec OpenTofu ou Terraform',
    pulumi: 'Avec Pulumi',
  },
  secret: 'Secret',
  where: 'Placez-le où le client le cherche, puis essayez :',
  noAddress:
    'Le cloud ne dit pas où se trouve son service de connexion, il n’y a donc pas de fichiers. L’identifiant et le secret fonctionnent malgré tout.',
  done: 'J’ai ce qu’il me faut',
  remove: 'Supprimer',
  removeTitle: (n, name) => (n < 2 ? `Supprimer ${name} ?` : `Supprimer ${n} identifiants ?`),
  removeText: 'Les programmes qui l’utilisent sont refusés aussitôt.',
  removed: (n) => (n < 2 ? 'L’identifiant est supprimé' : `${n} identifiants sont supprimés`),
};
