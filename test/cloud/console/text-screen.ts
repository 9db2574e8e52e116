/** A picture in which a pixel is on, '1', or off, '0', row by row. */
export interface Bitmap {
  width: number;
  height: number;
  pixels: string;
}

/** What a text screen says: https://man7.org/linux/man-pages/man4/vcs.4.html */
export interface TextScreen {
  lines: string[];
  /** Where the cursor is, which blinks. */
  cursor: { line: number; column: number };
}

/** For a page: its first canvas as a Bitmap. */
export const CANVAS = `(() => {
  const canvas = document.querySelector('canvas');
  const { width, height } = canvas;
  if (width === 0 || height === 0) return { width: 0, height: 0, pixels: '' };
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  let pixels = '';
  for (let at = 0; at < data.length; at += 4) pixels += data[at] + data[at + 1] + data[at + 2] > 200 ? '1' : '0';
  return { width, height, pixels };
})()`;

/** What `xxd -p /dev/vcsa1` printed. Pure. */
export function readVcsa(hex: string): TextScreen {
  const bytes = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
  const [height = 0, width = 0, column = 0, line = 0] = bytes;
  const text = Buffer.from(bytes.subarray(4).filter((_, index) => index % 2 === 0));
  const lines = Array.from({ length: height }, (_, row) =>
    text.subarray(row * width, (row + 1) * width).toString('latin1'),
  );
  return { lines, cursor: { line, column } };
}

/**
 * What in a picture contradicts the text that it should show; null when nothing does. In a text screen equal letters look alike
 * and different ones do not: with thirty letters on it, only a picture of this very text can be cut that way. Pure.
 */
export function contradiction({ width, height, pixels }: Bitmap, { lines, cursor }: TextScreen): string | null {
  const columns = lines[0]?.length ?? 0;
  const [cellWidth, cellHeight] = [width / columns, height / lines.length];
  if (![cellWidth, cellHeight].every((size) => Number.isInteger(size) && size > 0)) {
    return `a picture of ${width} by ${height} has no ${lines.length} lines of ${columns} letters`;
  }
  const shapes = new Map<string, string>();
  for (const [line, text] of lines.entries()) {
    for (const [column, letter] of text.split('').entries()) {
      if (line === cursor.line && column === cursor.column) continue;
      let shape = '';
      for (let row = 0; row < cellHeight; row++) {
        const from = (line * cellHeight + row) * width + column * cellWidth;
        shape += pixels.slice(from, from + cellWidth);
      }
      const known = shapes.get(letter);
      if (known === undefined) shapes.set(letter, shape);
      else if (known !== shape)
        return `'${letter}' in line ${line + 1}, column ${column + 1} looks like another letter`;
    }
  }
  if (shapes.size < 20) return `only ${shapes.size} different letters are on the screen`;
  const blank = shapes.get(' ');
  if (blank === undefined || blank.includes('1')) return 'its empty places are not empty';
  return new Set(shapes.values()).size === shapes.size ? null : 'different letters look alike';
}
