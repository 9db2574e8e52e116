import type { Text } from '../en/index.ts';

export const layout: Text['layout'] = {
  skip: 'Aller au contenu',
  menu: 'Menu',
  closeMenu: 'Fermer le menu',
  main: 'Menu principal',
  away: 'Le cloud ne répond pas pour le moment. Ce que vous voyez date d’avant ; la suite viendra d’elle-même.',
  noProject: 'Vous n’avez pas encore de projet. Demandez à l’exploitant de ce cloud de vous ajouter à l’un d’eux.',
  project: 'Projet',
  switchProject: 'Changer de projet',
  wholeCloud: 'Tout le cloud',
  domain: (name) => `Domaine ${name}`,
  account: 'Compte',
  signOut: 'Se déconnecter',
  signOutEverywhere: 'Se déconnecter partout',
  signOutEverywhereText:
    'Met fin à toutes vos sessions et à tous vos jetons, sur tous vos appareils. Les programmes qui utilisent votre mot de passe devront se reconnecter ; les identifiants d’application continuent de fonctionner.',
  theme: 'Apparence',
  themes: { system: 'Comme le système', light: 'Claire', dark: 'Sombre' },
  language: 'Langue',
  languages: { en: 'English', fr: 'Français' },
  notFound: 'Cette page n’existe pas',
  notFoundText: 'L’adresse est peut-être erronée, ou ce qu’elle montrait a disparu.',
  toStart: 'Vers l’accueil',
  newVersion: 'La console a été mise à jour. Rechargez la page pour continuer.',
  reload: 'Recharger',
};

export const navigation: Text['navigation'] = {
  project: 'Projet',
  operators: 'Exploitation',
  home: 'Vue d’ensemble',
  servers: 'Serveurs',
  volumes: 'Volumes',
  images: 'Images',
  networks: 'Réseaux',
  floatingIps: 'IP flottantes',
  securityGroups: 'Groupes de sécurité',
  keyPairs: 'Clés SSH',
  serverGroups: 'Groupes de serveurs',
  quotas: 'Quotas et usage',
  access: 'Accès des programmes',
};
