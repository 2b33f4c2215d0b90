/** Where files are handed in: dropped, chosen or pasted, of a source that is there or is made by them. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { sourceNames, type Summary } from '../../api/quality';
import { may, me } from '../../api/session';
import { send } from '../../api/uploads';
import { bytes } from '../../lib/format';
import { chosen, dropped, FORMATS } from './files';
import { SendingList } from './SendingList';

interface Props {
  summary: Summary | undefined;
  /** The source that all of them are of, where the page is one source's. */
  only?: string;
}

export function Upload({ summary, only }: Props) {
  const { data: who } = useQuery(me);
  const [over, setOver] = useState(false);
  const [source, setSource] = useState('');
  const picker = useRef<HTMLInputElement>(null);
  const can = may(who, 'analyst');
  const take = (found: { file: File; folder: boolean }[]) => {
    if (can && found.length > 0) send(chosen(found, summary?.upload_limit), only ?? source.trim());
  };
  return (
    <Paper component="section" aria-label="Upload" sx={{ overflow: 'hidden' }}>
      <Box
        onDragOver={(event) => {
          event.preventDefault();
          setOver(can);
        }}
        onDragLeave={() => { setOver(false); }}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(dropped(event.dataTransfer));
        }}
        onPaste={(event) => { take(dropped(event.clipboardData)); }}
        data-over={over}
        sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', px: 2, py: { xs: 2, md: 2.5 }, bgcolor: over ? 'action.selected' : undefined, outline: over ? '2px dashed' : '1px dashed', outlineColor: over ? 'primary.main' : 'divider', outlineOffset: -7, borderRadius: 2 }}
      >
        <Box sx={{ flex: '1 1 280px', minWidth: 0 }}>
          <Typography variant="h2">{over ? 'Let go to have it checked' : 'Have files checked'}</Typography>
          <Typography sx={{ color: 'text.secondary' }}>
            Drop CSV, Parquet, Excel or NDJSON files here, also packed{summary ? `, up to ${bytes(summary.upload_limit)} each. ${summary.kept ? 'Files are kept, to be checked again.' : 'A file is removed after its check.'}` : '.'}
          </Typography>
          {who && !can && <Typography sx={{ mt: 0.5 }}>Uploading takes the role analyst; you are {who.role}.</Typography>}
        </Box>
        {only === undefined && <SourceField value={source} change={setSource} disabled={!can} />}
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          accept={FORMATS}
          aria-label="Files to check"
          onChange={(event) => {
            take([...(event.target.files ?? [])].map((file) => ({ file, folder: false })));
            event.target.value = '';
          }}
        />
        <Button variant="contained" size="medium" disabled={!can} onClick={() => { picker.current?.click(); }}>
          Choose files
        </Button>
      </Box>
      <SendingList />
    </Paper>
  );
}

function SourceField({ value, change, disabled }: { value: string; change: (value: string) => void; disabled: boolean }) {
  const list = useId();
  const { data = [] } = useQuery({ ...sourceNames(value), enabled: !disabled });
  const known = data.includes(value.trim());
  return (
    <Box sx={{ flex: '0 1 260px', minWidth: 200 }}>
      <TextField
        fullWidth
        label="Source"
        value={value}
        disabled={disabled}
        placeholder="each called like its file"
        helperText={value.trim() === '' ? 'One that is there, or a new name' : known ? 'Held against its last upload' : 'A new source'}
        onChange={(event) => { change(event.target.value); }}
        slotProps={{ htmlInput: { list, maxLength: 120 }, inputLabel: { shrink: true } }}
      />
      <datalist id={list}>
        {data.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Box>
  );
}
