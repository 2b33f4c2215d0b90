/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['SENTINEL_API'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  base: '/',
  html: { cspNonce: 'NONCE' }, // the server puts another in its place with every page
  build: {
    outDir: '../src/sentineldq/server/static',
    emptyOutDir: true,
    // A chunk is fetched when its page is opened, and not before.
    modulePreload: false,
    assetsInlineLimit: 0, // the content policy allows no data: scripts or styles
  },
  server: { port: 5173, strictPort: true, proxy: { '/api': api, '/healthz': api } },
  test: { environment: 'jsdom', setupFiles: ['src/testing/setup.ts'], restoreMocks: true, css: false },
});
