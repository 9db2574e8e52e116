/** Gives a file to the browser to be saved. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>, mediaType: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
