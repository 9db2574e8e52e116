/**
 * Loads everything the daemons load and ends, so that Node's compile cache (NODE_COMPILE_CACHE) holds it: a daemon that
 * then starts from the cache needs neither the type stripper nor the compiler's memory, about 90 MB less.
 */
await Promise.all([import('./commands/controller.ts'), import('./commands/agent.ts')]);
export {};
