import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { list, signIn, type Session } from '../machine/seed/client.ts';
import { seedCloud, seedProject } from '../machine/seed/cloud.ts';
import { DEMO, seedDemo, seedServer } from '../machine/seed/demo.ts';
import { waitFor } from '../machine/wait.ts';
import { emptyQcow2 } from './empty-image.ts';

export interface SeedOptions {
  url: string;
  /** For the file of the image. */
  stateDir: string;
  adminPassword: string;
  demoPassword: string;
  /** Hosts to wait for; the first server needs one. */
  hosts: number;
}

/** Signed in as the administrator and as the account `demo`. */
export interface Seeded {
  admin: Session;
  demo: Session;
  publicNetwork: string;
}

/** Nothing of it is reachable, so it is TEST-NET-3 of RFC 5737. */
const PUBLIC_CIDR = '203.0.113.1/24';

/** Fills a simulated cloud with what `potluck up` makes: sizes, an image, the networks, the project `demo`. */
export async function seedSimCloud(options: SeedOptions): Promise<Seeded> {
  const { url } = options;
  const admin = await signIn(url, { username: 'admin', password: options.adminPassword, project: 'admin' });
  const file = join(options.stateDir, 'empty.qcow2');
  await writeFile(file, emptyQcow2(1));
  const about = { os_distro: 'potluck-simulated', architecture: 'x86_64' };
  // Simulated guests do what a guest agent would.
  const properties = { ...about, hw_qemu_guest_agent: 'yes' };
  const image = { file, minDisk: 1, minRam: 128, properties, user: 'root' };
  const settings = { address: '127.0.0.1', port: 0, publicCidr: PUBLIC_CIDR, publicCidr6: '', region: '' };
  await seedProject(admin, DEMO, options.demoPassword);
  const { publicNetwork } = await seedCloud(admin, { ...settings, accel: 'auto' }, image);
  const demo = await signIn(url, { username: DEMO, password: options.demoPassword, project: DEMO });
  await seedDemo(demo, publicNetwork, newPublicKey());
  await hostsUp(admin, options.hosts);
  return { admin, demo, publicNetwork };
}

/** The first server, `hello`, with a floating IP, so that there is something to look at. */
export async function seedFirstServer({ demo, publicNetwork }: Seeded): Promise<void> {
  await seedServer(demo, publicNetwork);
}

async function hostsUp(admin: Session, count: number): Promise<void> {
  const look = async () => {
    const hosts = list(await admin.get('compute/v2.1', '/os-hypervisors'), 'hypervisors');
    return hosts.filter((one) => one['state'] === 'up').length >= count;
  };
  await waitFor('the simulated hosts', look, { timeout: 30_000, every: 10, hint: 'See why: --log-level info' });
}

/** Simulated servers let nobody in, so the private half is not kept. The form is that of RFC 4253 and RFC 8709. */
function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const parts = [Buffer.from('ssh-ed25519'), raw].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')} potluck-demo`;
}
