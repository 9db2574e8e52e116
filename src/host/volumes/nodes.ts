import { basename, dirname, sep } from 'node:path';
import type { HostImage } from '../document.ts';
import type { DiskChain } from '../drivers.ts';
import { segmentOf, topOf, type Layer } from '../layers.ts';

/** Where the files of one volume are, and the images that it may rest on. */
export interface LayerPlaces {
  layer: (file: string) => string;
  image: (image: HostImage) => string;
}

/** The name under which a volume is exported: each storage daemon has one only. */
export const EXPORT = 'volume';

export const layerNode = (file: string): string => `layer-${file}`;
const fileNode = (file: string) => `file-${file}`;
const imageNode = ({ sha256 }: HostImage) => `image-${sha256.slice(0, 20)}`;

/** The node of one layer; who writes to it and what lies under it is told beside. */
export function layerNodes(
  file: string,
  path: string,
  options: { backing: string | null; readOnly: boolean },
): Record<string, unknown>[] {
  const protocol = {
    driver: 'file',
    'node-name': fileNode(file),
    filename: path,
    // Opened for writing as long as something above it writes, so that it can be read by others otherwise.
    'auto-read-only': true,
    discard: 'unmap',
  };
  const format = {
    driver: 'qcow2',
    'node-name': layerNode(file),
    file: fileNode(file),
    backing: options.backing,
    'read-only': options.readOnly,
    discard: 'unmap',
    'detect-zeroes': options.readOnly ? 'off' : 'unmap',
  };
  return [protocol, format];
}

/**
 * All nodes of a volume, lowest first: every file is named with its format and with what lies under it, so that
 * nothing that stands in a file is followed.
 */
export function volumeNodes(layers: readonly Layer[], at: LayerPlaces): Record<string, unknown>[] {
  const images = new Map(
    layers.flatMap(({ over }) => (over === null || over === 'below' ? [] : [[over.sha256, over]])),
  );
  const ofImages = [...images.values()].flatMap((image) => {
    const name = imageNode(image);
    const file = { driver: 'file', 'node-name': `${name}-file`, filename: at.image(image), 'read-only': true };
    const node = { driver: image.format, 'node-name': name, file: `${name}-file`, 'read-only': true };
    return [file, image.format === 'qcow2' ? { ...node, backing: null } : node];
  });
  const ofLayers = layers.flatMap((layer, i) =>
    layerNodes(layer.file, at.layer(layer.file), {
      backing: nodeUnder(layers, i),
      readOnly: i < layers.length - 1,
    }),
  );
  return [...ofImages, ...ofLayers];
}

/** The node that a layer rests on; null for zeros. */
export function nodeUnder(layers: readonly Layer[], index: number): string | null {
  const over = layers[index]?.over ?? null;
  if (over === null) return null;
  if (over !== 'below') return imageNode(over);
  const below = layers[index - 1];
  return below ? layerNode(below.file) : null;
}

/** The nodes that go with a layer. */
export const nodesOfLayer = (file: string): [string, string] => [layerNode(file), fileNode(file)];

/** The layers as files for qemu-img, lowest first. */
export function layerChain(layers: readonly Layer[], at: LayerPlaces): DiskChain {
  return {
    files: segmentOf(layers).flatMap(({ file, over }): DiskChain['files'] => {
      const layer = { path: at.layer(file), format: 'qcow2' as const };
      return over === null || over === 'below' ? [layer] : [{ path: at.image(over), format: over.format }, layer];
    }),
  };
}

/** The arguments of a volume's storage daemon. */
export function daemonArgs(layers: readonly Layer[], at: LayerPlaces, sockets: { qmp: string; nbd: string }): string[] {
  const escaped = (path: string) => path.replaceAll(',', ',,');
  return [
    ...volumeNodes(layers, at).flatMap((node) => ['--blockdev', JSON.stringify(node)]),
    ...['--nbd-server', `addr.type=unix,addr.path=${escaped(sockets.nbd)},max-connections=0`],
    ...['--export', `type=nbd,id=${EXPORT},node-name=${layerNode(topOf(layers) ?? '')},name=${EXPORT},writable=on`],
    ...['--chardev', `socket,id=qmp,path=${escaped(sockets.qmp)},server=on,wait=off`, '--monitor', 'chardev=qmp'],
  ];
}

/** The volume of a storage daemon of ours, from its arguments; `directory` is that of the volumes' sockets. */
export function readDaemonArgs(args: readonly string[], directory: string): string | null {
  if (basename(args[0] ?? '') !== 'qemu-storage-daemon') return null;
  const path = /^socket,id=qmp,path=(.+),server=on,wait=off$/.exec(args[args.indexOf('--chardev') + 1] ?? '')?.[1];
  const place = path === undefined ? '' : dirname(path.replaceAll(',,', ','));
  return place.startsWith(directory + sep) ? basename(place) : null;
}
