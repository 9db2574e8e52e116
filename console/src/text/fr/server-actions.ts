import type { Text } from '../en/index.ts';

export const serverActions: Text['serverActions'] = {
  saved: 'Enregistré',
  choose: 'Choisissez',
  resize: 'Changer la taille',
  resizeTitle: (name) => `Une autre taille pour « ${name} »`,
  resizeText:
    'Le serveur redémarre avec la nouvelle taille. Ensuite vous vérifiez que tout va bien, et gardez la taille ou revenez à l’ancienne.',
  resizing: 'La taille est en train de changer',
  quotaAfter: 'Avec cette taille, le projet utilise',
  objections: {
    same: 'C’est sa taille actuelle.',
    'disk-smaller': 'Son disque devrait rétrécir, ce qu’aucun disque ne peut.',
    'cores-quota': 'Il ne reste pas assez de processeurs au projet.',
    'memory-quota': 'Il ne reste pas assez de mémoire au projet.',
  },
  rebuildTitle: (name) => `Refaire « ${name} » à neuf ?`,
  rebuildText:
    'Son disque est refait à partir d’une image, comme à la création du serveur. Le nom, les adresses et la taille restent.',
  rebuildVolumeText:
    'Le volume sur lequel il démarre est réécrit à partir d’une image. Le nom, les adresses, la taille et les autres volumes restent.',
  rebuildLost:
    'Tout ce qui est sur son disque est perdu pour de bon : programmes, réglages, fichiers, bases de données. Seul reste ce qui est sur d’autres volumes. Pour garder quelque chose, créez d’abord une image.',
  rebuilding: 'Il est refait à neuf',
  imageMissing: 'Choisissez une image.',
  imageTooLarge: 'Le disque de ce serveur est trop petit pour elle.',
  typedWrong: (name) => `Tapez ${name}, pour être sûr que c’est bien lui.`,
  keyHint: 'Qui détient cette clé pourra ensuite entrer.',
  keepKey: (name) => (name === null ? 'Aucune, comme maintenant' : `${name}, comme maintenant`),
  rescueTitle: (name) => `Démarrer « ${name} » depuis un autre disque ?`,
  rescueText:
    'Pour un serveur qui ne démarre plus : il démarre depuis un disque neuf, et le sien est le deuxième, pour que vous puissiez le regarder et le réparer.',
  rescueImage: 'Ce depuis quoi il démarre',
  rescueImageHint: 'Le mieux est un système que vous connaissez bien.',
  ownImage: 'L’image à partir de laquelle il a été créé',
  noRescueImages:
    'Il démarre depuis un volume : il faut pour cela une image avec la propriété hw_rescue_device ou hw_rescue_bus.',
  rescuing: 'Il démarre depuis un autre disque',
  rescuedTitle: (name) => `« ${name} » passe en dépannage`,
  rescuedText:
    'Le mot de passe du système de dépannage n’est montré que maintenant. La clé du serveur fonctionne aussi. Quand vous avez fini, sortez-le du dépannage.',
  password: 'Mot de passe',
  passwordTitle: (name) => `Un nouveau mot de passe pour « ${name} »`,
  passwordText:
    'Celui de son administrateur (root, ou Administrator). Un programme dans le serveur le change, qemu-guest-agent : l’image doit l’avoir, et le dire.',
  passwordMissing: 'Saisissez un mot de passe.',
  passwordSet: 'Le mot de passe est changé',
  renameTitle: (name) => `Un autre nom pour « ${name} »`,
  renameText: 'Il change ici, pas dans le serveur : son nom d’hôte reste.',
  lockTitle: (name) => `Verrouiller « ${name} » ?`,
  lockText:
    'Personne ne peut l’éteindre, le modifier ou le supprimer par erreur, jusqu’à ce que quelqu’un le déverrouille. Il continue de marcher.',
  reason: 'Raison',
  reasonHint: 'Montrée à qui voudra changer quelque chose.',
  locked: 'Verrouillé',
  labelsText: 'Pour le retrouver, par des personnes et des programmes. Le serveur peut lire lui-même ses propriétés.',
  tags: 'Étiquettes',
  tagsHint: 'Des mots, séparés par des virgules : web, important.',
  properties: 'Propriétés (métadonnées)',
  propertiesHint: 'Un nom et une valeur à chaque fois.',
  propertyName: 'Nom',
  propertyValue: 'Valeur',
  addProperty: 'Ajouter une propriété',
  labelProblems: {
    'tag-long': 'Une étiquette a au plus 60 lettres.',
    'tag-slash': 'Une étiquette ne contient pas de barre oblique.',
    'tag-many': 'Au plus 50 étiquettes.',
    'property-name': 'Un nom est fait de lettres sans accents, de chiffres, et de - _ : . ou d’espaces.',
    'property-twice': 'Un nom s’y trouve deux fois.',
    'property-long': 'Une valeur a au plus 255 lettres.',
  },
  notices: {
    resized: (flavor) =>
      `Il tourne avec la nouvelle taille, ${flavor}. Vérifiez que tout va bien, puis gardez-la. D’ici là, c’est la plus grande des deux tailles qui compte dans le quota.`,
    resizedOff: (flavor) =>
      `Il a la nouvelle taille, ${flavor}. Gardez-la, ou revenez à l’ancienne. D’ici là, c’est la plus grande des deux tailles qui compte dans le quota.`,
    rescued:
      'Il a démarré depuis un autre disque ; le sien est le deuxième (vdb, en règle générale). Une fois réparé, sortez-le du dépannage.',
    locked: 'Il est verrouillé : rien ne peut y être changé tant qu’il n’est pas déverrouillé.',
    lockedFor: (reason) => `Il est verrouillé, parce que : ${reason}`,
    deleted: 'Il a été supprimé. Il peut être récupéré tant que le délai fixé par l’opérateur n’est pas passé.',
    shelved: 'Il est remisé : il ne prend pas de place sur un hôte, et ses adresses lui sont gardées.',
  },
  plug: 'Relier à un réseau',
  plugTitle: (name) => `Relier « ${name} » à un réseau de plus`,
  plugText:
    'Il reçoit aussitôt une carte réseau de plus. La plupart des systèmes la règlent d’eux-mêmes ; dans certains, c’est à vous de le faire.',
  plugged: 'La carte réseau est là',
  plugWhat: 'À quoi',
  plugNetwork: 'Un réseau',
  plugNetworkText: 'Un nouveau port est créé pour elle, et disparaît avec elle.',
  plugPort: 'Un port qui existe',
  plugPortText: 'Avec l’adresse et les règles qu’il a ; il reste quand la carte est retirée.',
  network: 'Réseau',
  networkMissing: 'Choisissez un réseau.',
  port: 'Port',
  portMissing: 'Choisissez un port.',
  noPorts: 'Il n’y a pas de port libre. Vous pouvez en créer un sur la page d’un réseau.',
  address: 'Adresse',
  addressHint: 'Une adresse libre de la plage du réseau. Sans rien, le réseau en donne une.',
  addressWrong: 'Ce n’est pas une adresse : écrivez 192.168.10.20 ou 2001:db8::20.',
  unplug: 'Retirer',
  unplugTitle: (address) => `Retirer la carte réseau ${address} ?`,
  unplugText:
    'Le serveur n’est aussitôt plus joignable à cette adresse. Les IP flottantes qui y mènent ne mènent plus nulle part.',
  unplugged: 'La carte réseau est retirée',
  toPort: 'Adresses et règles',
};
