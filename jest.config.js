/** TypeScript is stripped by swc and stays ESM; jest needs `node --experimental-vm-modules` for that (see the test script). */
export default {
  testMatch: ["<rootDir>/spec/**/*.spec.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  // All cores: jest would leave one of two idle.
  maxWorkers: "100%",
  testSequencer: "<rootDir>/spec/sequencer.mjs",
  testTimeout: 60_000,
};
