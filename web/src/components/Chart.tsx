/** The one chart: a title, a sentence that says what it shows, a cursor for the keyboard, its table and its data. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { columns, csv, figure, marked, type Data } from './chartdata';
import { Picture } from './Picture';

interface Props {
  title: string;
  /** What the chart shows, in a sentence: it stands for the picture where that is not seen. */
  summary: string;
  data: Data;
  head: string;
  write?: (label: string) => string;
  height?: number;
  /** Charts of one group are pointed at together: where one shows a moment, the others show it too. */
  group?: string;
}

const plainly = (label: string) => label;

export function Chart({ title, summary, data, head, write = plainly, height = 220, group }: Props) {
  const [table, setTable] = useState(false);
  return (
    <Box component="figure" sx={{ m: 0, px: 2, pb: 1.5, minWidth: 0 }}>
      <Box component="figcaption" sx={{ display: 'flex', gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Box component="span" sx={{ color: 'text.secondary', flex: 1, minWidth: 200 }}>
          {summary}
        </Box>
        <Button
          aria-pressed={table}
          onClick={() => {
            setTable(!table);
          }}
        >
          {table ? 'Show as chart' : 'Show as table'}
        </Button>
        <Button
          onClick={() => {
            save(`${title}.csv`, csv(data, head));
          }}
        >
          Download CSV
        </Button>
      </Box>
      {table ? (
        <Table title={title} data={data} head={head} write={write} height={height} />
      ) : (
        <Picture title={title} summary={summary} data={data} write={write} height={height} group={group} />
      )}
    </Box>
  );
}

function Table({ title, data, head, write, height }: Required<Omit<Props, 'summary' | 'group'>>) {
  const parts = columns(data);
  return (
    // What scrolls has to be reached by the keyboard.
    <Box role="region" aria-label={title} tabIndex={0} sx={{ height: height + 20, overflow: 'auto' }}>
      <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', '& th, & td': { p: 0.5, textAlign: 'right', borderBottom: 1, borderColor: 'divider' }, '& th:first-of-type': { textAlign: 'left' } }}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {parts.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
            {data.marks && <th scope="col">marked</th>}
          </tr>
        </thead>
        <tbody>
          {data.labels.map((label, place) => (
            <tr key={label}>
              <th scope="row">{write(label)}</th>
              {parts.map(({ name, values }) => (
                <td key={name}>{figure(data, values[place])}</td>
              ))}
              {data.marks && <td>{marked(data, place)}</td>}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  );
}

function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name.replaceAll(/[^\w.-]+/g, '-').toLowerCase();
  link.click();
  URL.revokeObjectURL(link.href);
}
