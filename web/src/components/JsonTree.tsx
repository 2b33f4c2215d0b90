/** A record as a tree: what is said of a place stands at that place. One tab stop; arrows move, fold and unfold. */
import Box from '@mui/material/Box';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Mark } from './Status';
import { folding, lines, parent, type Kind, type Line, type Note } from './tree';

interface Props {
  label: string;
  value: unknown;
  notes?: readonly Note[];
  height?: number;
}

const NOTHING: readonly Note[] = [];
const LINE = 24;

export function JsonTree({ label, value, notes = NOTHING, height = 460 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => folding(value, notes));
  const found = useMemo(() => lines(value, notes, folded), [value, notes, folded]);
  const [at, setAt] = useState(() => Math.max(0, found.findIndex((line) => line.notes.length > 0)));
  const current = Math.min(at, found.length - 1);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives is used here and handed to nobody
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => LINE * (1 + (found[index]?.notes.length ?? 0)),
    getItemKey: (index) => found[index]?.path ?? index,
    overscan: 20,
    initialRect: { width: 600, height },
  });
  const go = (to: number) => {
    const safe = Math.min(Math.max(to, 0), found.length - 1);
    setAt(safe);
    virtual.scrollToIndex(safe);
  };
  const fold = (path: string, shut: boolean) => {
    setFolded((before) => {
      const next = new Set(before);
      if (shut) next.add(path);
      else next.delete(path);
      return next;
    });
  };
  const press = (event: KeyboardEvent) => {
    const line = found[current];
    if (!line) return;
    const shut = folded.has(line.path);
    const moves: Record<string, () => void> = {
      ArrowDown: () => { go(current + 1); },
      ArrowUp: () => { go(current - 1); },
      Home: () => { go(0); },
      End: () => { go(found.length - 1); },
      ArrowRight: () => { if (line.folds && shut) fold(line.path, false); else go(current + 1); },
      ArrowLeft: () => { if (line.folds && !shut) fold(line.path, true); else go(found.findIndex(({ path }) => path === parent(line.path))); },
      Enter: () => { if (line.folds) fold(line.path, !shut); },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const name = (index: number) => `${label}-${index}`.replaceAll(/\s/g, '-');
  return (
    <Box
      ref={box}
      role="tree"
      aria-label={label}
      aria-activedescendant={found.length > 0 ? name(current) : undefined}
      tabIndex={0}
      onKeyDown={press}
      sx={{ maxHeight: height, overflow: 'auto', fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace', fontSize: '0.8125rem', '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 }, '&:focus-visible [data-at=true]': { boxShadow: 'inset 3px 0 0 var(--sq-palette-primary-main)' } }}
    >
      <Box role="presentation" sx={{ position: 'relative', height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = found[index];
          return (
            line && (
              <Box
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                id={name(index)}
                role="treeitem"
                aria-level={line.depth + 1}
                aria-selected={index === current}
                {...(line.folds ? { 'aria-expanded': !folded.has(line.path) } : {})}
                data-at={index === current}
                data-path={line.path}
                data-noted={line.notes.length > 0}
                onClick={() => {
                  setAt(index);
                  if (line.folds) fold(line.path, !folded.has(line.path));
                }}
                sx={{ position: 'absolute', insetInline: 0, pr: 1, cursor: line.folds ? 'pointer' : 'default', ...(line.notes.length > 0 ? { bgcolor: 'action.selected', borderLeft: '3px solid', borderColor: 'tone.critical' } : { borderLeft: '3px solid transparent' }) }}
                style={{ transform: `translateY(${start}px)`, paddingLeft: 6 + line.depth * 14 }}
              >
                <Drawn line={line} shut={folded.has(line.path)} />
              </Box>
            )
          );
        })}
      </Box>
    </Box>
  );
}

const INK: Partial<Record<Kind, string>> = { object: 'text.secondary', list: 'text.secondary', null: 'text.secondary', masked: 'text.secondary', missing: 'text.secondary' };

function Drawn({ line, shut }: { line: Line; shut: boolean }) {
  return (
    <>
      <Box sx={{ minHeight: LINE, lineHeight: `${LINE}px`, display: 'flex' }}>
        <Box component="span" aria-hidden sx={{ width: 14, flex: 'none', color: 'text.secondary' }}>
          {line.folds ? (shut ? '▸' : '▾') : ''}
        </Box>
        <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {line.name !== '' && (
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {line.name}
              {': '}
            </Box>
          )}
          <Box component="span" title={line.kind === 'masked' ? 'Classified by the contract: the server does not show it' : undefined} sx={{ color: INK[line.kind], fontStyle: line.kind === 'missing' ? 'italic' : undefined }}>
            {line.kind === 'masked' ? '*** (masked)' : line.text}
          </Box>
        </Box>
      </Box>
      {line.notes.map((note, place) => (
        <Box key={place} sx={{ pl: '14px', minHeight: LINE, display: 'flex', gap: 0.75, alignItems: 'baseline', fontFamily: 'fontFamily', overflowWrap: 'anywhere' }}>
          <Mark tone="critical" size={11} />
          <span>{note.text}</span>
        </Box>
      ))}
    </>
  );
}
