import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
