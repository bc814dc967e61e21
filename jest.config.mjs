// One Jest for everything. swc turns TypeScript and the few ES-module-only packages into CommonJS.
export default {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/client/src',
    '<rootDir>/functions/src',
    '<rootDir>/dev/src',
    '<rootDir>/test',
    '<rootDir>/web/src',
  ],
  transform: {
    '^.+\\.(ts|mjs|js)$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|firebase-functions/protos|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|@seriousme)/)',
  ],
  reporters: ['default', '<rootDir>/test/closingLine.mjs'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
};
