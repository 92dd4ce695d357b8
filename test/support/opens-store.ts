import { openTestStore } from './migrated.ts';

// A process of its own that opens a database when it is told to, for tests of what happens when several do so at once.
const [url = ''] = process.argv.slice(2);
console.log('ready');
for await (const line of console) {
  if (line !== 'go') continue;
  const store = await openTestStore(url);
  await store.ping();
  await store.close();
  console.log('opened');
  break;
}
