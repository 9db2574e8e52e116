import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The cloud that `npm run dev` talks to; Host stays the browser's, so that the cloud sees requests of one origin. */
const cloud = process.env.POTLUCK_URL ?? 'http://127.0.0.1:5000';
const API =
  '^/(audit|compute|console|enrolment|events|healthz|identity|image|network|openapi|placement|session|volume)(/|$|\\?)';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: ['chrome123', 'edge123', 'firefox128', 'safari18'],
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    // Everything is a file of its own: the content security policy takes no data: scripts or styles.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  // It imports src/starters/ of the repository.
  server: { port: 5173, fs: { allow: ['..'] }, proxy: { [API]: { target: cloud, changeOrigin: false, ws: true } } },
});
