/** A text that a list is searched for: it is here as it is typed, and in the address once nobody types. */
import TextField, { type TextFieldProps } from '@mui/material/TextField';
import { useEffect, useRef, type RefObject } from 'react';
import { useTyped } from './typed';

/** So long after the last key it goes into the address. */
const PAUSE = 120;

interface Props {
  label: string;
  placeholder: string;
  value: string;
  change: (text: string) => void;
  /** For who brings the focus here. */
  input?: RefObject<HTMLInputElement | null>;
  sx: NonNullable<TextFieldProps['sx']>;
}

export function SearchField({ label, placeholder, value, change, input, sx }: Props) {
  const own = useRef<HTMLInputElement>(null);
  const field = input ?? own;
  const { text, type, send } = useTyped(value);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => {
      send(text);
      change(text);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [text, value, change, send]);
  return (
    <TextField
      label={label}
      placeholder={placeholder}
      type="search"
      inputRef={field}
      value={text}
      onChange={(event) => {
        type(event.target.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault(); // which would take the text with it
        field.current?.blur();
      }}
      slotProps={{ htmlInput: { maxLength: 200 } }}
      sx={sx}
    />
  );
}
