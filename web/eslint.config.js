import js from '@eslint/js';
import query from '@tanstack/eslint-plugin-query';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['node_modules', 'src/api/schema.d.ts', 'eslint.config.js', 'sizes.mjs'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...query.configs['flat/recommended'],
  a11y.flatConfigs.strict,
  hooks.configs.flat['recommended-latest'],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'jsx-a11y/no-autofocus': ['error', { ignoreNonDOM: true }], // a dialog's first field has the focus
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        { property: 'dangerouslySetInnerHTML', message: 'Data is shown as text, never as HTML.' },
      ],
    },
  },
  // A page never imports another page; what they share lies in components, lib and api.
  ...['overview', 'datasets', 'dataset', 'quality', 'drift', 'pipelines', 'alerts', 'settings', 'models', 'login'].map(
    (page) => ({
      files: [`src/pages/${page}/**`],
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [{ regex: `^\\.\\./(?!\\.\\./(?:(?:api|components|lib)/|root$))|pages/(?!${page})` }] },
        ],
      },
    }),
  ),
);
