/** A lineage as a picture, from left to right. The list below it says the same, and is what is read out. */
import Box from '@mui/material/Box';
import { useColorScheme } from '@mui/material/styles';
import dagre from '@dagrejs/dagre';
import { Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useMemo } from 'react';
import { TONE } from '../../api/datasets';
import { BoxLink } from '../../components/BoxLink';
import { Mark } from '../../components/Status';
import { title, type Part, type Shown } from './reach';

const WIDTH = 190;
const HEIGHT = 56;

type Place = Node<{ node: Shown; expand: (id: string) => void }, 'place'>;

const TYPES = { place: Drawn };

export function Graph({ part, expand }: { part: Part; expand: (id: string) => void }) {
  const { mode, systemMode } = useColorScheme();
  const scheme = (mode === 'system' ? systemMode : mode) ?? 'light';
  const { nodes, edges } = useMemo(() => laid(part, expand), [part, expand]);
  return (
    // The list says all of it in words; of the picture only its buttons and links are reached.
    <Box role="group" aria-label="The lineage as a picture; the list below says the same" sx={{ height: tall(nodes), borderTop: 1, borderColor: 'divider', '& .react-flow__edge-path': { stroke: 'var(--sq-palette-text-secondary)' }, '& .react-flow__controls-button': { bgcolor: 'background.paper', color: 'text.primary', border: 1, borderColor: 'divider', width: 28, height: 28, p: 0.75, cursor: 'pointer' }, '& .react-flow__handle': { opacity: 0 } }}>
      <ReactFlow
        key={nodes.map(({ id }) => id).join(' ')}
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        colorMode={scheme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </Box>
  );
}

function Drawn({ data: { node, expand } }: NodeProps<Place>) {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Box sx={{ width: WIDTH, height: HEIGHT, border: 1, borderColor: node.own ? 'primary.main' : 'divider', borderRadius: 1.5, bgcolor: 'background.paper', display: 'flex', alignItems: 'center', gap: 1, px: 1.25, overflow: 'hidden', fontSize: '0.8125rem' }}>
        {node.health && <Mark tone={TONE[node.health]} />}
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Box title={node.id} sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: node.own ? 600 : 400 }}>
            {node.dataset && !node.own ? (
              <BoxLink className="nodrag nopan" to="/datasets/$name/lineage" params={{ name: node.dataset }} search={{}}>
                {title(node)}
              </BoxLink>
            ) : (
              title(node)
            )}
          </Box>
          <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>
            {node.kind}
            {node.health && `, ${node.health}`}
          </Box>
        </Box>
        {node.more > 0 && (
          <Box
            component="button"
            type="button"
            className="nodrag nopan"
            aria-label={`Expand ${title(node)} (${node.kind}): ${node.more} more`}
            onClick={() => {
              expand(node.id);
            }}
            sx={{ font: 'inherit', color: 'primary.main', bgcolor: 'transparent', border: 1, borderColor: 'divider', borderRadius: 1, px: 0.75, cursor: 'pointer', minHeight: 24 }}
          >
            +{node.more}
          </Box>
        )}
      </Box>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

/** How tall a picture of these places is: no taller than they need. */
function tall(nodes: readonly Place[]): number {
  const ends = nodes.map(({ position }) => position.y);
  return Math.min(Math.max(Math.max(...ends) - Math.min(...ends) + HEIGHT + 120, 240), 460);
}

/** Where each place lies: in columns from left to right. */
function laid(part: Part, expand: (id: string) => void): { nodes: Place[]; edges: Edge[] } {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: 60, nodesep: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of part.nodes) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { source, target } of part.edges) graph.setEdge(source, target);
  dagre.layout(graph);
  return {
    nodes: part.nodes.map((node) => {
      const { x, y } = graph.node(node.id) as { x: number; y: number };
      return { id: node.id, type: 'place', position: { x: x - WIDTH / 2, y: y - HEIGHT / 2 }, data: { node, expand }, width: WIDTH, height: HEIGHT };
    }),
    edges: part.edges.map(({ source, target }) => ({ id: `${source} ${target}`, source, target })),
  };
}
