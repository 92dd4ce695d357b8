import { useState } from 'react';
import { useI18n } from '../i18n/index.ts';
import { Check } from '../parts/check.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Caps } from './caps.tsx';
import { hasSingleKeys, keepSingleKeys } from './single.ts';
import { capsOf, type KeyName } from './table.ts';

/** Every shortcut and what it does. */
export function KeyHelp({ onClose }: { onClose(): void }) {
  const { t } = useI18n();
  const [single, setSingle] = useState(hasSingleKeys);
  const groups: [title: string, names: KeyName[]][] = [
    [t.keys.everywhere, ['palette', 'previous', 'next', 'previousUnread', 'nextUnread']],
    [t.keys.notWriting, ['search', 'help', 'markRead']],
    [t.keys.inText, ['editLast']],
    [t.keys.onMessage, ['reply', 'thread', 'react', 'edit', 'copy', 'toText']],
  ];
  return (
    <Dialog title={t.keys.title} onClose={onClose}>
      {/* Without anything to press in it, it is scrolled by keyboard only when it can have the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="keys" role="group" aria-label={t.keys.title} tabIndex={0}>
        {groups.map(([title, names]) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <dl>
              {names.map((name) => (
                <div key={name}>
                  <dt>
                    <span className="visually-hidden">{t.keys.spoken(capsOf(name))}</span>
                    <Caps name={name} />
                  </dt>
                  <dd>{t.keys.does[name]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Check
        checked={single}
        onChange={(on) => {
          keepSingleKeys(on);
          setSingle(on);
        }}
      >
        {t.keys.single(capsOf('search').concat(capsOf('help')))}
      </Check>
    </Dialog>
  );
}
