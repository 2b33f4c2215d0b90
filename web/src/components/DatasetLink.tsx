/** A dataset's name that leads to its page. */
import type { LinkProps } from '@tanstack/react-router';
import { TextLink } from './TextLink';

/** quiet: where there is one in every row, and the row says that it can be opened. */
export function DatasetLink({ name, quiet = false }: { name: string; quiet?: boolean }) {
  return (
    <TextLink {...placeOf(name)} style={quiet ? { color: 'inherit', textDecoration: 'none' } : undefined}>
      {name}
    </TextLink>
  );
}

/** The address of a dataset's page. */
export function placeOf(name: string) {
  return { to: '/datasets/$name', params: { name } } as const satisfies LinkProps;
}
