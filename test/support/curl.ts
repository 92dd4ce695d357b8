import process from 'node:process';

/** As much of curl as the guides in docs/ use, so that they can be tried on machines without it. */
const [...words] = process.argv.slice(2);
let method: string | undefined;
let body: string | undefined;
let url = '';
const headers = new Headers();
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '-X') method = words.shift();
  else if (word === '-d') body = words.shift();
  else if (word === '-H') {
    const [name = '', value = ''] = (words.shift() ?? '').split(/:\s*(.*)/s);
    headers.set(name, value);
  } else if (word !== '-s') url = word;
}
const response = await fetch(url, { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, ...(body !== undefined && { body }) });
process.stdout.write(await response.text());
