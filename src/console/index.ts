export { consoleFiles, ensureConsole } from './build.ts';
export { serveConsole } from './serve.ts';
