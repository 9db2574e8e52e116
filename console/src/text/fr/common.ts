import type { Text } from '../en/index.ts';

export const common: Text['common'] = {
  actions: 'Actions',
  actionsFor: (name) => `Actions pour ${name}`,
  add: 'Ajouter',
  advanced: 'Options avancées',
  back: 'Retour',
  cancel: 'Annuler',
  close: 'Fermer',
  copied: 'Copié',
  copy: 'Copier',
  create: 'Créer',
  delete: 'Supprimer',
  details: 'Détails',
  download: 'Télécharger',
  edit: 'Modifier',
  id: 'Identifiant',
  loading: 'Chargement…',
  name: 'Nom',
  no: 'Non',
  none: 'Aucun',
  optional: '(facultatif)',
  description: 'Description',
  save: 'Enregistrer',
  remove: 'Enlever',
  status: 'État',
  created: 'Création',
  tryAgain: 'Réessayer',
  yes: 'Oui',
  typeToConfirm: (name) => `Saisissez « ${name} » pour confirmer`,
  units: ['o', 'Kio', 'Mio', 'Gio', 'Tio', 'Pio'],
  usedOf: (used, limit) => `${used} sur ${limit}`,
  usedNoLimit: (used) => `${used}, sans limite`,
  stepState: { done: 'terminé', now: 'en cours', later: 'à venir', failed: 'échec' },
};

export const table: Text['table'] = {
  search: 'Rechercher',
  columns: 'Colonnes',
  actions: 'Actions',
  count: (n) => (n < 2 ? `${n} élément` : `${n} éléments`),
  countOf: (n, total) => `${n} sur ${total} éléments`,
  chosen: (n) => (n < 2 ? `${n} sélectionné` : `${n} sélectionnés`),
  choose: (name) => `Sélectionner ${name}`,
  chooseAll: 'Tout sélectionner',
  chooseNone: 'Ne rien sélectionner',
  chooseHint: 'Maintenez Maj pour sélectionner toutes les lignes jusqu’à celle-ci.',
  nothingFound: 'Rien ne correspond. Modifiez la recherche ou les filtres.',
};

export const how: Text['how'] = {
  title: 'Montrez-moi comment',
  command: 'La même chose avec le client openstack',
  http: 'La requête à l’API',
  token:
    'Le client prend son jeton grâce à clouds.yaml ; $TOKEN est ce qu’affiche « openstack token issue -f value -c id ».',
};

export const errors: Text['errors'] = {
  requestId: 'Identifiant de la requête, pour l’exploitant :',
  byStatus(status, retryAfter) {
    switch (status) {
      case 0:
        return {
          title: 'Le cloud ne répond pas',
          todo: 'Vérifiez votre connexion. Rien n’est perdu ; réessayez dans un instant.',
        };
      case 400:
        return {
          title: 'Le cloud a refusé cette demande',
          todo: 'Corrigez ce que le message indique, puis réessayez.',
        };
      case 401:
        return { title: 'Vous êtes déconnecté', todo: 'Connectez-vous à nouveau ; vous reviendrez ici.' };
      case 403:
        return {
          title: 'Ce n’est pas autorisé',
          todo: 'Votre rôle dans ce projet, ou un quota, ne le permet pas. Demandez à qui s’occupe du projet.',
        };
      case 404:
        return { title: 'Introuvable', todo: 'Cet élément a peut-être été supprimé, ou appartient à un autre projet.' };
      case 409:
        return {
          title: 'Impossible dans l’état actuel',
          todo: 'Attendez la fin de l’opération en cours, ou libérez ce qui l’utilise, puis réessayez.',
        };
      case 413:
        return {
          title: 'C’est trop',
          todo: 'Supprimez ce qui ne sert plus, ou demandez un quota plus grand à l’exploitant.',
        };
      case 429:
        return {
          title: 'Trop de requêtes',
          todo: retryAfter === null ? 'Patientez un peu, puis réessayez.' : `Réessayez dans ${retryAfter} secondes.`,
        };
      case 502:
      case 503:
      case 504:
        return {
          title: 'Le cloud est en train de démarrer ou de s’arrêter',
          todo: 'Réessayez dans un instant. Les serveurs continuent de tourner.',
        };
      case -1:
        return {
          title: 'Un problème est survenu dans cette page',
          todo: 'Rechargez la page. Si cela se reproduit, dites à l’exploitant ce que vous faisiez.',
        };
      default:
        return {
          title: 'Le cloud a échoué',
          todo: 'Réessayez. Si cela se reproduit, donnez l’identifiant de la requête à l’exploitant.',
        };
    }
  },
};
