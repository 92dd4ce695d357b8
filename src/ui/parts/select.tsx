import { useId } from 'react';
import { Icon } from './icon.tsx';

type Props<Value extends string> = {
  label: string;
  hint?: string;
  value: Value;
  options: readonly (readonly [value: Value, label: string])[];
  onChange(value: Value): void;
};

/** One of a few, with its label above. */
export function Select<Value extends string>({ label, hint, value, options, onChange }: Props<Value>) {
  const id = useId();
  function pick(wanted: string): void {
    const option = options.find(([candidate]) => candidate === wanted);
    if (option) onChange(option[0]);
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="select">
        <select id={id} value={value} {...(hint && { 'aria-describedby': `${id}-hint` })} onChange={(event) => pick(event.target.value)}>
          {options.map(([option, name]) => (
            <option key={option} value={option}>
              {name}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </span>
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
