import type { Text } from '../en/index.ts';

export const keyPairs: Text['keyPairs'] = {
  title: 'Clés SSH',
  about:
    'Avec une paire de clés, vous vous connectez aux serveurs par SSH sans mot de passe. Les serveurs reçoivent la moitié publique ; la moitié privée reste sur votre ordinateur. Vos clés sont à vous : les autres membres du projet ont les leurs.',
  emptyTitle: 'Pas encore de clé',
  emptyText: 'Il vous en faut une pour vous connecter à vos serveurs. Si vous n’en avez pas, faites-la créer ici.',
  make: 'En créer une',
  makeTitle: 'Créer une paire de clés',
  makeText: 'Elle est créée dans ce navigateur. La moitié privée est téléchargée et ne quitte jamais votre ordinateur.',
  add: 'Ajouter la mienne',
  addTitle: 'Ajouter votre clé publique',
  addText: 'Elle est dans un fichier qui se termine par .pub, souvent ~/.ssh/id_ed25519.pub.',
  publicKey: 'Clé publique',
  publicKeyHint: 'Collez-la, ou choisissez le fichier. Elle commence par ssh-ed25519 ou ssh-rsa.',
  file: 'Choisir le fichier…',
  problems: {
    empty: 'Collez votre clé publique ou choisissez son fichier.',
    private:
      'Ceci est la clé privée : gardez-la pour vous. La clé publique est dans le fichier qui se termine par .pub.',
    unknown: 'Ce n’est pas une clé publique SSH : elle commence par ssh-ed25519 ou ssh-rsa et tient en une ligne.',
  },
  nameMissing: 'Donnez-lui un nom.',
  nameWrong: 'Uniquement des lettres sans accent, des chiffres, des espaces et les signes - _ . @.',
  nameTaken: 'Vous avez déjà une clé de ce nom.',
  fingerprint: 'Empreinte',
  type: 'Type',
  added: (name) => `${name} est ajoutée`,
  madeTitle: (name) => `${name} est créée`,
  madeText: (file) =>
    `La clé privée a été téléchargée sous le nom ${file}. Elle n’existe nulle part ailleurs : gardez-la bien, ne la donnez à personne.`,
  madeThere:
    'Les navigateurs ne créent de clés que par une connexion chiffrée : c’est donc le cloud qui la crée. La moitié privée est téléchargée, et le cloud n’en garde rien.',
  howToUse: 'Pour se connecter avec elle',
  again: 'La télécharger à nouveau',
  remove: 'Supprimer',
  removeTitle: (n, name) => (n < 2 ? `Supprimer ${name} ?` : `Supprimer ${n} clés ?`),
  removeText:
    'Les serveurs qui l’ont déjà continuent de l’accepter. Les nouveaux serveurs ne pourront plus la recevoir.',
  removed: (n) => (n < 2 ? 'La clé est supprimée' : `${n} clés sont supprimées`),
};
