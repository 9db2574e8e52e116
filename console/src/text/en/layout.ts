export const layout = {
  skip: 'Skip to the content',
  menu: 'Menu',
  closeMenu: 'Close the menu',
  main: 'Main menu',
  away: 'The cloud does not answer at the moment. What you see is as it was; it goes on by itself.',
  noProject: 'You have no project yet. Ask the operator of this cloud to add you to one.',
  project: 'Project',
  switchProject: 'Switch to another project',
  wholeCloud: 'The whole cloud',
  domain: (name: string) => `Domain ${name}`,
  account: 'Account',
  signOut: 'Sign out',
  signOutEverywhere: 'Sign out everywhere',
  signOutEverywhereText:
    'Ends every session and token of yours, on every device. Programs that use your password must sign in again; application credentials keep working.',
  theme: 'Appearance',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  language: 'Language',
  languages: { en: 'English', fr: 'Français' },
  notFound: 'There is no such page',
  notFoundText: 'The address may be wrong, or what it showed is gone.',
  toStart: 'To the start',
  newVersion: 'The console has been updated. Reload the page to go on.',
  reload: 'Reload',
};

export const navigation = {
  project: 'Project',
  operators: 'Operators',
  home: 'Overview',
  servers: 'Servers',
};
