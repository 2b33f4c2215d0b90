/** Which part of a lineage is shown: what lies next to the dataset, and next to each place that was expanded. */
import type { Lineage, Node } from '../../api/dataset';

export interface Shown extends Node {
  /** How many places next to it are not shown. */
  more: number;
  /** Whether it is of the dataset that is looked at. */
  own: boolean;
}

export interface Part {
  nodes: Shown[];
  edges: { source: string; target: string }[];
}

const FEW = 12; // places beyond which the neighbours of a dataset wait to be asked for

/** The places of a dataset, those next to them, and those next to what was expanded, in the order of the lineage. */
export function reached({ nodes, edges }: Lineage, name: string, open: readonly string[]): Part {
  const own = new Set(nodes.filter((node) => node.dataset === name).map(({ id }) => id));
  const next = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { source, target } of edges) {
    next.get(source)?.push(target);
    next.get(target)?.push(source);
  }
  const seen = new Set(own);
  for (const id of own) {
    const beside = (next.get(id) ?? []).filter((each) => !own.has(each));
    for (const each of beside.slice(0, FEW)) seen.add(each);
  }
  // An expansion counts only where it is in sight itself; what is expanded further out waits for it.
  const waiting = [...open];
  for (let moved = true; moved; ) {
    moved = false;
    for (const id of waiting.splice(0)) {
      if (!seen.has(id)) {
        waiting.push(id);
        continue;
      }
      for (const each of next.get(id) ?? []) seen.add(each);
      moved = true;
    }
  }
  return {
    nodes: nodes.filter(({ id }) => seen.has(id)).map((node) => ({ ...node, own: own.has(node.id), more: (next.get(node.id) ?? []).filter((each) => !seen.has(each)).length })),
    edges: edges.filter(({ source, target }) => seen.has(source) && seen.has(target)),
  };
}

/** A place as it is called: without its layer, which is said beside it. */
export function title({ id, kind, dataset }: Node): string {
  if (kind === 'source') return id.replace(/^source:/, '').split('/')[0] ?? id;
  return kind === 'gold' ? id.replace(/^gold\./, '') : (dataset ?? id);
}
