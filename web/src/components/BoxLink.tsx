/** A link to a page of ours that looks like the box it is in. */
import { styled } from '@mui/material/styles';
import { createLink } from '@tanstack/react-router';

const Anchor = styled('a')(({ theme }) => ({
  color: 'inherit',
  textDecoration: 'none',
  '&:hover': { backgroundColor: theme.vars?.palette.action.hover },
  '&:focus-visible': { outline: `2px solid ${theme.vars?.palette.primary.main ?? 'currentColor'}`, outlineOffset: -2 },
}));

export const BoxLink = createLink(Anchor);
