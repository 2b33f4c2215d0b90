// What a visit costs: the gzipped size of the first load, of each page's chunk and of the charts. Fails above the budget.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const BUDGET = { first: 260, charts: 215, lineage: 80, page: 40 };
const dist = new URL('../src/sentineldq/server/static/', import.meta.url).pathname;
const assets = join(dist, 'assets');

const size = (name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).length / KB;
const text = (name) => readFileSync(join(assets, name), 'utf8');
const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));

/** The chunks that one needs before it runs: its static imports, and theirs. */
function needs(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, next] of text(name).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) needs(next, found);
  return found;
}

const entry = /src="\/assets\/([^"]+\.js)"/.exec(readFileSync(join(dist, 'index.html'), 'utf8'))[1];
const first = needs(entry);
const over = [];
const say = (kind, name, kb, most) => {
  const wrong = kb > most;
  if (wrong) over.push(name);
  console.log(`${wrong ? 'OVER ' : '     '}${kind.padEnd(7)}${kb.toFixed(1).padStart(7)} KB of ${most}  ${name}`);
};

say('first', [...first].join(' + '), [...first].map(size).reduce((a, b) => a + b, 0), BUDGET.first);
for (const name of scripts.filter((each) => !first.has(each))) {
  const kind = name.startsWith('canvas-') ? 'charts' : name.startsWith('Graph-') ? 'lineage' : 'page';
  say(kind, name, size(name), BUDGET[kind]);
}
if (over.length > 0) {
  console.error(`${over.length} above the budget`);
  process.exit(1);
}
