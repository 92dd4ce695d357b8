import type { ComponentType, ReactNode } from 'react';
import { useI18n } from '../i18n/index.ts';
import { useLoaded } from '../use-loaded.ts';
import { PanelState } from './panel-state.tsx';

type Closable = { onClose(): void };
type Frame = ComponentType<{ title: string; onClose(): void; children: ReactNode }>;

/**
 * A panel or a dialog that is fetched when it is first asked for, so that the page need not have all of them before it shows
 * anything. Where it cannot be fetched, its frame stands there and offers another try.
 */
export function later<Props extends Closable>(Framed: Frame, load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let here: ComponentType<Props> | null = null;
  const fetched = async (): Promise<ComponentType<Props>> => (here ??= await load());

  return function Later(props: Props) {
    const { t } = useI18n();
    const { value, error, retry } = useLoaded(async () => ({ Part: await fetched() }));
    const Part = here ?? value?.Part;
    if (Part) return <Part {...props} />;
    if (error === null) return null;
    return (
      <Framed title={t.app.unfetched} onClose={props.onClose}>
        <PanelState loading={false} error={error} empty="" onRetry={retry} />
      </Framed>
    );
  };
}
