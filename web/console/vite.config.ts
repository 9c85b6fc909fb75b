import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `npm run dev` finds a running desk. */
const desk = process.env.FRONTDESK_URL ?? "http://127.0.0.1:8400";
const paths = ["/v1", "/hooks", "/simulators", "/widget", "/demo", "/health", "/openapi.json", "/docs"];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: "../../src/frontdesk/api/static/console",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(paths.map((path) => [path, { target: desk, ws: true, changeOrigin: false }])),
  },
});
