import type { Text } from '../en/index.ts';

export const quotas: Text['quotas'] = {
  title: 'Quotas et usage',
  about:
    'Ce que ce projet peut utiliser, et ce qu’il utilise. Pour en avoir plus, supprimez ce qui ne sert plus, ou demandez à l’exploitant de ce cloud.',
  short: 'Presque épuisé.',
  services: { compute: 'Serveurs', volume: 'Volumes', network: 'Réseau' },
  names: {
    instances: 'Serveurs',
    cores: 'Processeurs',
    ram: 'Mémoire',
    key_pairs: 'Clés SSH de chaque personne',
    server_groups: 'Groupes de serveurs',
    volumes: 'Volumes',
    gigabytes: 'Espace des volumes et instantanés',
    snapshots: 'Instantanés',
    backups: 'Sauvegardes',
    backup_gigabytes: 'Espace des sauvegardes',
    floatingip: 'IP flottantes',
    network: 'Réseaux',
    subnet: 'Plages d’adresses',
    router: 'Routeurs',
    port: 'Ports',
    security_group: 'Groupes de sécurité',
    security_group_rule: 'Règles des groupes de sécurité',
  },
};
