/** A link to a page of ours within text. */
import { styled } from '@mui/material/styles';
import { createLink } from '@tanstack/react-router';

export const TextLink = createLink(styled('a')(({ theme }) => ({ color: theme.vars?.palette.primary.main ?? 'inherit' })));
