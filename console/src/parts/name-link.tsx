import { Link, type LinkProps } from 'react-router';

/** The name of a thing in a list, which leads to its page. */
export function NameLink(props: Pick<LinkProps, 'to' | 'children'>) {
  return <Link {...props} className="font-medium text-accent hover:underline" />;
}
