// Peer: npm's `ws` against the echo server.  node ws_peer.mjs PORT NODE_DIR [deflate]
// NODE_DIR is where tests/deps.sh has put node_modules. TLS_CA in the environment, a file of certificates: over TLS.
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const [port, dir, deflate] = process.argv.slice(2);
const WebSocket = createRequire(dir + '/')('ws');
const CA = process.env.TLS_CA;
const URL = `${CA ? 'wss://127.0.0.1' : 'ws://127.0.0.1'}:${port}/`;
const TLS = CA ? { ca: readFileSync(CA) } : {};
const SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20];

async function open(protocols = []) {
  const ws = new WebSocket(URL, protocols, { ...TLS, perMessageDeflate: deflate ? { threshold: 0 } : false });
  await once(ws, 'open');
  assert.equal(ws.extensions.includes('permessage-deflate'), !!deflate);
  return ws;
}

async function close(ws, code = 1000, reason = '') {
  const closed = once(ws, 'close');
  ws.close(code, reason);
  const [got, text] = await closed;
  assert.equal(got, code);
  return text.toString();
}

// Sends with `send` and checks what comes back.
async function echo(ws, send, data, isBinary) {
  const answer = once(ws, 'message');
  send();
  const [got, binary] = await answer;
  assert.equal(binary, isBinary);
  assert.equal(Buffer.compare(got, Buffer.from(data)), 0);
}

async function one(data, isBinary) {
  const ws = await open();
  await echo(ws, () => ws.send(data), data, isBinary);
  await close(ws);
}

async function fragments() {
  const ws = await open();
  const parts = ['he', '', 'l', 'lo'];
  await echo(ws, () => parts.forEach((p, i) => ws.send(p, { fin: i === parts.length - 1 })), 'hello', false);
  const blocks = [randomBytes(70000), randomBytes(1), randomBytes(3000)];
  await echo(ws, () => blocks.forEach((b, i) => ws.send(b, { binary: true, fin: i === 2 })), Buffer.concat(blocks), true);
  await close(ws);
}

async function pingPong() {
  const ws = await open();
  for (const data of ['', 'p', 'q'.repeat(125)]) {
    const pong = once(ws, 'pong');
    ws.ping(data);
    assert.equal((await pong)[0].toString(), data);
  }
  ws.pong('unasked');
  await echo(ws, () => ws.send('still here'), 'still here', false);
  await close(ws);
}

async function closeCodes() {
  for (const [code, reason] of [[1000, ''], [1001, 'going'], [1011, 'x'.repeat(123)], [3000, 'schön'], [4999, '']])
    await close(await open(), code, reason);
}

async function subprotocol() {
  const ws = await open(['echo']);
  assert.equal(ws.protocol, 'echo');
  await close(ws);
}

async function pipelined() {
  const ws = await open();
  const done = new Promise((resolve, reject) => {
    let n = 0;
    ws.on('message', (m) => {
      if (m.toString() !== String(n)) reject(new Error(`${m} instead of ${n}`));
      if (++n === 1000) resolve();
    });
  });
  for (let i = 0; i < 1000; i++) ws.send(String(i));
  await done;
  await close(ws);
}

const cases = [
  ...SIZES.map((n) => [`text ${n}`, () => one('añ好'.repeat(n).slice(0, n), false)]),
  ...SIZES.map((n) => [`binary ${n}`, () => one(randomBytes(n), true)]),
  ['fragments', fragments], ['ping pong', pingPong], ['close codes', closeCodes],
  ['subprotocol', subprotocol], ['pipelined', pipelined],
];
let failed = 0;
for (const [name, run] of cases) {
  let timer;
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error('no answer in 60 s')), 60000); });
  try {
    await Promise.race([run(), late]);
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAIL ${name} - ${String(e.message).split('\n')[0]}`);
  }
  clearTimeout(timer);
}
process.exit(failed ? 1 : 0);
