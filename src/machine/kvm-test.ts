import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './files.ts';
import { packageCache, type Paths } from './paths.ts';
import { tryRun } from './run.ts';

/** Fetches Debian's cloud kernel (from the image's downloads, if they are there) and takes its vmlinuz. */
const SCRIPT = `set -e
mkdir -p "$1"
cd "$1"
package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
apt-get download -qq -o APT::Sandbox::User=root "$package"
deb=$(ls -t "$package"_*.deb | head -n 1)
dpkg-deb --fsys-tarfile "$deb" | tar -xf - --wildcards --to-stdout './boot/vmlinuz-*' >"$2.new"
test -s "$2.new"
mv "$2.new" "$2"
`;

/**
 * Puts a kernel where the agent looks for one to try KVM with: `/dev/kvm` can be there and hang. Answers what there
 * is to say about it. Without a kernel the agent falls back to emulation and says why, so this never fails.
 */
export async function ensureKvmTest(paths: Paths): Promise<string> {
  const kernel = join(paths.kvmTest, 'vmlinuz');
  if (await exists(kernel)) return 'the kernel to try KVM with is there';
  if (!(await exists('/dev/kvm'))) return 'no /dev/kvm: servers will be emulated';
  if (process.arch !== 'x64') return 'KVM is not tried on this processor';
  const result = await tryRun('sh', ['-c', SCRIPT, 'sh', packageCache(paths), kernel], { timeout: 300_000 });
  if (result.code === 0) return 'the kernel to try KVM with is there';
  await rm(`${kernel}.new`, { force: true });
  return 'no kernel to try KVM with could be fetched';
}
