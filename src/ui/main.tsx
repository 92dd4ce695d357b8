import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../client/index.ts';
import { ChinwagProvider } from '../client/react/index.ts';
import { App } from './app.tsx';
import { I18nContext, pickLanguage } from './i18n/index.ts';
import { registerWorker } from './offline/versions.ts';

const client = createClient();
const i18n = pickLanguage(navigator.languages);
document.documentElement.lang = i18n.t.language;

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <I18nContext value={i18n}>
      <ChinwagProvider value={client}>
        <App />
      </ChinwagProvider>
    </I18nContext>
  </StrictMode>,
);
void client.start();
registerWorker();
