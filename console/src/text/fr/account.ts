import type { Text } from '../en/index.ts';

export const account: Text['account'] = {
  sessions: 'Où vous êtes connecté',
  sessionsAbout:
    'Chaque navigateur dans lequel vous vous êtes connecté à cette console. Si vous n’en reconnaissez pas un, déconnectez-le, puis changez de mot de passe.',
  where: 'Où',
  device: ({ browser, system }) =>
    browser === null && system === null
      ? 'Un autre programme'
      : browser === null
        ? `Un navigateur sous ${system}`
        : system === null
          ? browser
          : `${browser} sous ${system}`,
  thisOne: 'Ce navigateur',
  address: 'Adresse',
  with: 'Connexion par',
  password: 'Mot de passe d’ici',
  started: 'Connexion',
  used: 'Dernier usage (à une demi-heure près)',
  now: 'maintenant',
  ends: 'Prend fin au plus tard',
  agent: 'Comment le navigateur se nomme',
  noSessions: 'Vous n’êtes connecté nulle part ailleurs',
  end: 'Déconnecter',
  endTitle: (n) => (n < 2 ? 'Déconnecter ce navigateur ?' : `Déconnecter ${n} navigateurs ?`),
  endText:
    'Qui y utilise la console devra se reconnecter. Les programmes et les identifiants d’application continuent.',
  ended: (n) => (n < 2 ? 'La session a pris fin' : `${n} sessions ont pris fin`),
  endOthers: 'Se déconnecter partout ailleurs',
  othersEnded: 'Toutes les autres sessions ont pris fin',
};
