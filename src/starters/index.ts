import { cloudsYaml } from './clouds-yaml.ts';
import { commandLine } from './command-line.ts';
import type { StarterFile, StarterInput } from './input.ts';
import { openrc } from './openrc.ts';
import { pulumi } from './pulumi.ts';
import { readme, type Language } from './readme.ts';
import { terraform } from './terraform.ts';

/*
 * Files that work as downloaded: for the `openstack` client and for tools that build what a file says. Plain functions
 * that need nothing of Node, so that the console's bundle has them as well.
 */

export { cloudName, type StarterFile, type StarterInput } from './input.ts';
export { zip } from './zip.ts';
export { cloudsYaml, openrc };
export type { Language };

export type Tool = 'command-line' | 'terraform' | 'pulumi';

/** A directory for a tool: what it reads, clouds.yaml with the credential, and a page that says how to begin. */
export function starter(tool: Tool, input: StarterInput, language: Language = 'en'): StarterFile[] {
  const own = { 'command-line': [commandLine(input)], terraform: [terraform(input)], pulumi: pulumi(input) }[tool];
  // What is under version control must not take the secret along.
  const ignore = { name: '.gitignore', mediaType: 'text/plain', content: IGNORED, secret: false };
  return [...own, cloudsYaml(input), ignore, readme(tool, language)];
}

const IGNORED = ['clouds.yaml', '.terraform/', '*.tfstate', '*.tfstate.*', 'node_modules/', ''].join('\n');
