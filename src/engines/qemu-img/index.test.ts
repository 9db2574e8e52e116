import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { qemuImgInfo, QemuImgRefusal } from './index.ts';

/** Puts a script in the place of qemu-img; null leaves the machine without one. */
function fakeQemuImg(t: TestContext, script: string | null): string {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-qemu-img-'));
  chmodSync(directory, 0o755);
  for (const name of ['setpriv', 'prlimit']) {
    // What follows the limits, run by this user: the real ones need root to change the user.
    const skip = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n';
    writeFileSync(join(directory, name), skip, { mode: 0o755 });
  }
  if (script !== null) writeFileSync(join(directory, 'qemu-img'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const before = process.env.PATH;
  process.env.PATH = directory;
  t.after(() => {
    process.env.PATH = before;
    rmSync(directory, { recursive: true });
  });
  return directory;
}

async function info(directory: string) {
  const path = join(directory, 'image');
  writeFileSync(path, 'bytes');
  const file = await open(path, 'r');
  try {
    return await qemuImgInfo(file.fd, 'qcow2');
  } finally {
    await file.close();
  }
}

test('the format is given, the file is handed over, the answer is read', async (t) => {
  const answer = '{"format":"qcow2","virtual-size":1048576,"backing-filename":"/etc/passwd"}';
  const script = `[ "$*" = "info --output=json --force-share -f qcow2 /dev/fd/3" ] || exit 9
read -r line < /dev/fd/3; [ "$line" = bytes ] || exit 8
echo '${answer}'`;
  const found = await info(fakeQemuImg(t, script));
  assert.deepEqual(found, {
    format: 'qcow2',
    virtualSizeBytes: 1_048_576,
    backingFile: '/etc/passwd',
    encrypted: false,
  });
});

test('what qemu-img does not accept is a refusal in its words', async (t) => {
  const directory = fakeQemuImg(t, 'echo "qemu-img: Could not open \'/dev/fd/3\': broken" >&2; exit 1');
  await assert.rejects(info(directory), (error) => {
    assert(error instanceof QemuImgRefusal);
    assert.equal(error.message, 'Could not open the file: broken');
    return true;
  });
});

test('without qemu-img there is no answer', async (t) => {
  assert.equal(await info(fakeQemuImg(t, null)), null);
});

test('limits that cannot be set are our failure, not the image that is refused', async (t) => {
  const directory = fakeQemuImg(t, 'echo "setpriv: apply bounding set: Operation not permitted" >&2; exit 1');
  await assert.rejects(info(directory), (error) => !(error instanceof QemuImgRefusal));
});
