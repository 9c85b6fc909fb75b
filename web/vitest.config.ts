import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["*/tests/**/*.test.{ts,tsx}"], environment: "happy-dom", env: { TZ: "UTC" } },
  resolve: { alias: { "~": new URL("./console/src", import.meta.url).pathname } },
});
