/** The address without its password, for logs and messages. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:@/?#]*):[^@/]*@/i, '$1@').replace(/([?&]password=)[^&]*/i, '$1…');
}
