/** The pages, in the order of the navigation, each with the key that leads there after `g`. */

export const PAGES = [
  { path: '/', name: 'Overview', key: 'o' },
  { path: '/datasets', name: 'Datasets', key: 'd' },
  { path: '/quality', name: 'Data quality', key: 'q' },
  { path: '/drift', name: 'Drift', key: 'r' },
  { path: '/pipelines', name: 'Pipelines', key: 'p' },
  { path: '/alerts', name: 'Alerts', key: 'a' },
  { path: '/models', name: 'Models', key: 'm' },
  { path: '/settings', name: 'Settings', key: 's' },
] as const;
