import { describe, expect, it } from 'vitest';
import type { Lineage } from '../../api/dataset';
import { reached, title } from './reach';

function of(name: string, kind: 'source' | 'bronze' | 'silver' | 'quarantine' | 'gold', dataset: string | null = name) {
  return { id: kind === 'source' ? `source:files/${name}` : `${kind}.${name}`, kind, dataset: kind === 'gold' ? `gold.${name}` : dataset, health: null };
}

const LINEAGE: Lineage = {
  nodes: [of('orders', 'source', null), of('orders', 'bronze'), of('orders', 'silver'), of('orders', 'quarantine'), of('daily', 'gold'), of('weekly', 'gold'), of('yearly', 'gold')],
  edges: [
    { source: 'source:files/orders', target: 'bronze.orders' },
    { source: 'bronze.orders', target: 'silver.orders' },
    { source: 'bronze.orders', target: 'quarantine.orders' },
    { source: 'silver.orders', target: 'gold.daily' },
    { source: 'gold.daily', target: 'gold.weekly' },
    { source: 'gold.weekly', target: 'gold.yearly' },
  ],
};
const ids = (part: { nodes: { id: string }[] }) => part.nodes.map(({ id }) => id);

describe('the part of a lineage that is shown', () => {
  it('begins with the dataset and what lies next to it', () => {
    const part = reached(LINEAGE, 'orders', []);
    expect(ids(part)).toEqual(['source:files/orders', 'bronze.orders', 'silver.orders', 'quarantine.orders', 'gold.daily']);
    expect(part.nodes.find(({ id }) => id === 'gold.daily')).toMatchObject({ more: 1, own: false });
    expect(part.edges).toHaveLength(4);
  });

  it('grows by what is expanded, in whatever order that was said', () => {
    expect(ids(reached(LINEAGE, 'orders', ['gold.weekly', 'gold.daily']))).toContain('gold.yearly');
    expect(ids(reached(LINEAGE, 'orders', ['gold.weekly']))).not.toContain('gold.yearly');
    expect(ids(reached(LINEAGE, 'orders', ['nowhere']))).toHaveLength(5);
  });

  it('does not show a crowd that nobody asked for', () => {
    const readers = Array.from({ length: 300 }, (_, at) => of(`m${at}`, 'gold'));
    const crowd = { nodes: [...LINEAGE.nodes, ...readers], edges: [...LINEAGE.edges, ...readers.map(({ id }) => ({ source: 'silver.orders', target: id }))] };
    const part = reached(crowd, 'orders', []);
    expect(part.nodes.length).toBeLessThan(20);
    expect(part.nodes.find(({ id }) => id === 'silver.orders')?.more).toBe(300 + 1 - 12);
    expect(reached(crowd, 'orders', ['silver.orders']).nodes.length).toBe(305);
  });

  it('calls a place by its name, without its layer', () => {
    expect(LINEAGE.nodes.map(title)).toEqual(['files', 'orders', 'orders', 'orders', 'daily', 'weekly', 'yearly']);
  });
});
