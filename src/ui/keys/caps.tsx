import { capsOf, type KeyName } from './table.ts';

/** The keys of a shortcut, to see. Those who hear have `aria-keyshortcuts`, or the list of all. */
export function Caps({ name }: { name: KeyName }) {
  return (
    <span className="caps" aria-hidden="true">
      {capsOf(name).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
