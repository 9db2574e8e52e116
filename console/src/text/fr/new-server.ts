import type { Text } from '../en/index.ts';

export const newServer: Text['newServer'] = {
  title: 'Nouveau serveur',
};
