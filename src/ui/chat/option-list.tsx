import type { ReactNode } from 'react';

type Props<Option> = {
  id: string;
  label: string;
  options: readonly Option[];
  keyOf(option: Option): string;
  active: number;
  onPick(option: Option): void;
  children(option: Option): ReactNode;
};

/** The list of a combobox: the focus stays in the text, which says which of these is the active one. */
export function OptionList<Option>({ id, label, options, keyOf, active, onPick, children }: Props<Option>) {
  return (
    <div id={id} className="mention-list" role="listbox" aria-label={label}>
      {options.map((option, i) => (
        <div
          key={keyOf(option)}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          className="mention-option"
          // A press must not take the focus from the text.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(option)}
        >
          {children(option)}
        </div>
      ))}
    </div>
  );
}
