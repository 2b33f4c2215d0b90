/** A dataset's name that leads to its page. */
import type { LinkProps } from '@tanstack/react-router';
import { TextLink } from './TextLink';

export function DatasetLink({ name }: { name: string }) {
  return <TextLink {...placeOf(name)}>{name}</TextLink>;
}

/** The address of a dataset's page: names may have signs in them that an address has its own use for. */
export function placeOf(name: string): LinkProps {
  return { to: `/datasets/${encodeURIComponent(name)}` as '/datasets' };
}
