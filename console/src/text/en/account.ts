interface Device {
  browser: string | null;
  system: string | null;
}

export const account = {
  sessions: 'Where you are signed in',
  sessionsAbout:
    'Each browser in which you have signed in to this console. If you do not recognise one, sign it out, then change your password.',
  where: 'Where',
  device: ({ browser, system }: Device) =>
    browser === null && system === null
      ? 'Another program'
      : browser === null
        ? `A browser on ${system}`
        : system === null
          ? browser
          : `${browser} on ${system}`,
  thisOne: 'This browser',
  address: 'Address',
  with: 'Signed in with',
  password: 'A password here',
  started: 'Signed in',
  used: 'Last used (to half an hour)',
  now: 'now',
  ends: 'Ends at the latest',
  agent: 'What the browser calls itself',
  noSessions: 'You are signed in nowhere else',
  end: 'Sign out there',
  endTitle: (n: number) => (n === 1 ? 'Sign out there?' : `Sign out in ${n} browsers?`),
  endText: 'Who uses the console there must sign in again. Programs and application credentials go on.',
  ended: (n: number) => (n === 1 ? 'The session is ended' : `${n} sessions are ended`),
  endOthers: 'Sign out everywhere else',
  othersEnded: 'All other sessions are ended',
};
