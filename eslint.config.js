import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

import { layerConfigs } from './eslint.layers.js';

export default defineConfig(
  globalIgnores(['**/build/**', '**/dist/**', '**/coverage/**', '.turbo/**']),
  js.configs.recommended,
  {
    files: ['scripts/**/*.mjs', '**/test/**/*.mjs', '**/bench/**/*.mjs'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // The compiler allows no enums (erasableSyntaxOnly), and looking for them in the type of all commands takes gigabytes.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
    },
  },
  layerConfigs,
);
