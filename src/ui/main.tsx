import { StrictMode, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../client/index.ts';
import { ChinwagProvider } from '../client/react/index.ts';
import { App } from './app.tsx';
import { I18nContext, pickLanguage } from './i18n/index.ts';
import { registerWorker } from './offline/versions.ts';
import { useParserHere } from './parts/markdown-later.ts';

const client = createClient();
const i18n = pickLanguage(navigator.languages);
document.documentElement.lang = i18n.t.language;

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
void client.start();
registerWorker();

/** Texts in one line, such as in the list, are told without their marks: all are told anew when what reads marks has come. */
function Page() {
  const marks = useParserHere();
  const told = useMemo(() => ({ ...i18n, marks }), [marks]);
  return (
    <I18nContext value={told}>
      <ChinwagProvider value={client}>
        <App />
      </ChinwagProvider>
    </I18nContext>
  );
}
