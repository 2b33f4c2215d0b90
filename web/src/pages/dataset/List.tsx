/** A lineage without a picture: each place, how it is, what it comes from, and a button for what is not shown. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { TONE } from '../../api/datasets';
import { Status } from '../../components/Status';
import { TextLink } from '../../components/TextLink';
import { title, type Part, type Shown } from './reach';

const KINDS = ['source', 'bronze', 'quarantine', 'silver', 'gold'] as const;
const NAMES = { source: 'Source', bronze: 'Bronze, as it came', quarantine: 'Quarantine, refused', silver: 'Silver, accepted', gold: 'Gold, made of others' } as const;

interface Props {
  part: Part;
  expand: (id: string) => void;
}

export function List({ part, expand }: Props) {
  const names = new Map(part.nodes.map((node) => [node.id, node]));
  return (
    <Box sx={{ pb: 1 }}>
      {KINDS.filter((kind) => part.nodes.some((node) => node.kind === kind)).map((kind) => (
        <Box key={kind} component="section" aria-label={NAMES[kind]} sx={{ borderTop: 1, borderColor: 'divider' }}>
          <Box component="h3" sx={{ m: 0, px: 2, pt: 1, fontSize: '0.8125rem', fontWeight: 400, color: 'text.secondary' }}>
            {NAMES[kind]}
          </Box>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {part.nodes
              .filter((node) => node.kind === kind)
              .map((node) => (
                <Line key={node.id} node={node} from={part.edges.filter(({ target }) => target === node.id).map(({ source }) => source)} names={names} expand={expand} />
              ))}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

function Line({ node, from, names, expand }: { node: Shown; from: string[]; names: ReadonlyMap<string, Shown>; expand: (id: string) => void }) {
  const of = from.map((id) => names.get(id)).filter((each) => each !== undefined);
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1.5, alignItems: 'center', px: 2, minHeight: 36, flexWrap: 'wrap' }}>
      <Box sx={{ fontWeight: node.own ? 600 : 400, overflowWrap: 'anywhere' }}>
        {node.dataset && !node.own ? (
          <TextLink to="/datasets/$name/lineage" params={{ name: node.dataset }} search={{}}>
            {title(node)}
          </TextLink>
        ) : (
          title(node)
        )}
      </Box>
      {node.health && <Status tone={TONE[node.health]}>{node.health}</Status>}
      {of.length > 0 && <Box sx={{ color: 'text.secondary' }}>from {of.map((each) => `${title(each)} (${each.kind})`).join(', ')}</Box>}
      {node.more > 0 && (
        <Button
          onClick={() => {
            expand(node.id);
          }}
          aria-label={`Show ${node.more} more next to ${title(node)} (${node.kind})`}
        >
          Show {node.more} more
        </Button>
      )}
    </Box>
  );
}
