/** Node's compile cache: modules are compiled and stripped of their types once, for all processes and threads. */
import { mkdirSync } from 'node:fs';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';

/** Folder for it, made where it is not there; nobody else may write to it. */
export function compileCache(cacheDir: string): string {
  const folder = join(cacheDir, 'compiled');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * Compiles a module that threads will begin with, and what it imports, where this process has the cache. Threads must
 * not strip types themselves: Node does that in WebAssembly, and V8 13.6 now and then ends a process whose threads begin
 * and end meanwhile ("Check failed: jit_page.has_value()", from WasmImportWrapperCache::Free; see also
 * https://github.com/nodejs/node/issues/64500).
 */
export async function compileForThreads(module: URL): Promise<void> {
  if (getCompileCacheDir() === undefined) return;
  await import(module.href);
  flushCompileCache();
}
