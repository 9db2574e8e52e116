import type { Text } from '../en/index.ts';

export const home: Text['home'] = {
  title: 'Vue d’ensemble',
  hello: (name) => `Bonjour ${name}`,
  firstTitle: 'Créez votre premier serveur',
  firstText: 'Un serveur à vous demande trois choix et moins d’une minute.',
  firstAction: 'Créer un serveur',
  quotas: 'Ce que ce projet utilise',
  servers: 'Serveurs',
  cores: 'Processeurs',
  memory: 'Mémoire',
  volumes: 'Volumes',
  gigabytes: 'Espace des volumes',
  floatingIps: 'IP flottantes',
  recent: 'Serveurs, les plus récents d’abord',
};
