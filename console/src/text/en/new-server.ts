export const newServer = {
  title: 'New server',
};
