import type { Tool } from './index.ts';
import type { StarterFile } from './input.ts';

export type Language = 'en' | 'fr';

const COMMANDS: Record<Tool, { make: string; undo: string }> = {
  'command-line': { make: 'sh first-server.sh', undo: 'sh first-server.sh delete' },
  terraform: { make: 'tofu init\ntofu apply', undo: 'tofu destroy' },
  pulumi: { make: 'npm install\npulumi stack init starter\npulumi up', undo: 'pulumi destroy' },
};

const TEXTS: Record<Language, { title: string; make: string; undo: string; secret: string; ssh: string }> = {
  en: {
    title: 'A first server',
    make: 'This makes a key pair, a network with a router, a security group, a server and an address, and prints the `ssh` line:',
    ssh: 'It gives the server the public SSH key `~/.ssh/id_ed25519.pub`; `ssh-keygen -t ed25519` makes one.',
    undo: 'And this takes all of it away again:',
    secret:
      '`clouds.yaml` holds a secret: whoever has it may do in your project what you may. Keep it to yourself. You can withdraw it at any time by deleting the application credential in the console.',
  },
  fr: {
    title: 'Un premier serveur',
    make: 'Ceci crée une paire de clés, un réseau avec son routeur, un groupe de sécurité, un serveur et une adresse, puis affiche la ligne `ssh` :',
    ssh: 'Le serveur reçoit la clé publique SSH `~/.ssh/id_ed25519.pub` ; `ssh-keygen -t ed25519` en crée une.',
    undo: 'Et ceci supprime le tout :',
    secret:
      "`clouds.yaml` contient un secret : qui le possède peut faire dans votre projet tout ce que vous pouvez y faire. Gardez-le pour vous. Vous pouvez le révoquer à tout moment en supprimant l'identifiant d'application dans la console.",
  },
};

/** How to begin, in the language of who downloads it. */
export function readme(tool: Tool, language: Language): StarterFile {
  const { title, make, undo, secret, ssh } = TEXTS[language];
  const commands = COMMANDS[tool];
  const block = (text: string) => `\`\`\`sh\n${text}\n\`\`\``;
  const content = [`# ${title}`, make, block(commands.make), ssh, undo, block(commands.undo), secret].join('\n\n');
  return { name: 'README.md', mediaType: 'text/markdown', content: `${content}\n`, secret: false };
}
