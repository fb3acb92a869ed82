// Checks a sealed record in the browser: strict JSON, RFC 8785, eddsa-jcs-2022, RFC 6962 inclusion, signed checkpoint.
// Works on files only; `check` gets them from the caller.  The same rules as trace/verify, in the same order.

export class Refused extends Error {
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

const refuse = (code, detail) => {
  throw new Refused(code, detail);
};

// --- strict JSON in (no duplicate names, no lone surrogates, no numbers two texts could share) ----------------------

export function parse(text) {
  if (text.length > 2_000_000) refuse('bad_json', 'too long');
  let at = 0;
  const bad = what => refuse('bad_json', `${what} at ${at}`);
  const space = () => {
    while (at < text.length && ' \t\n\r'.includes(text[at])) at += 1;
  };
  const word = (letters, value) => {
    if (!text.startsWith(letters, at)) bad('unknown word');
    at += letters.length;
    return value;
  };
  const string = () => {
    const found = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    found.lastIndex = at;
    const match = found.exec(text);
    if (!match) bad('not a string');
    at = found.lastIndex;
    const value = JSON.parse(match[0]);
    try {
      encodeURIComponent(value);
    } catch {
      bad('a lone surrogate');
    }
    return value;
  };
  const number = () => {
    const found = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    found.lastIndex = at;
    const match = found.exec(text);
    if (!match) bad('not a number');
    at = found.lastIndex;
    const value = Number(match[0]);
    if (!Number.isFinite(value)) bad('a number too large');
    const whole = match[1] === undefined && match[2] === undefined;
    if (whole && !Number.isSafeInteger(value) && String(value) !== match[0]) bad('an integer its double is not written as');
    return value;
  };
  const list = (depth) => {
    const value = [];
    at += 1;
    space();
    if (text[at] === ']') return (at += 1, value);
    for (;;) {
      value.push(any(depth));
      space();
      if (text[at] === ']') return (at += 1, value);
      if (text[at] !== ',') bad('no comma');
      at += 1;
    }
  };
  const object = (depth) => {
    const value = new Map();
    at += 1;
    space();
    if (text[at] === '}') return (at += 1, {});
    for (;;) {
      space();
      const name = string();
      if (value.has(name)) refuse('duplicate_key', `${name} stands twice`);
      space();
      if (text[at] !== ':') bad('no colon');
      at += 1;
      value.set(name, any(depth));
      space();
      if (text[at] === '}') {
        at += 1;
        const made = Object.create(null);
        for (const [key, item] of value) made[key] = item;
        return made;
      }
      if (text[at] !== ',') bad('no comma');
      at += 1;
    }
  };
  const any = (depth) => {
    if (depth > 200) bad('nested too deeply');
    space();
    switch (text[at]) {
      case '{': return object(depth + 1);
      case '[': return list(depth + 1);
      case '"': return string();
      case 't': return word('true', true);
      case 'f': return word('false', false);
      case 'n': return word('null', null);
      default: return number();
    }
  };
  const value = any(0);
  space();
  if (at !== text.length) bad('something after the end');
  return value;
}

// --- canonical bytes out (RFC 8785: names by UTF-16 units, numbers as ECMAScript writes them) -----------------------

export function canonical(value) {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse('bad_json', 'no such number in JSON');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${names.map(name => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

// --- bytes ----------------------------------------------------------------------------------------------------------

const utf8 = text => new TextEncoder().encode(text);
const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const join = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));
const same = (a, b) => a.length === b.length && a.every((byte, n) => byte === b[n]);
const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');

function base64(text, code) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) refuse(code, 'not base64');
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
function base58(text, code) {
  if (typeof text !== 'string' || text[0] !== 'z' || text.length > 200) refuse(code, 'not multibase base58btc');
  let number = 0n;
  for (const letter of text.slice(1)) {
    const digit = BASE58.indexOf(letter);
    if (digit < 0) refuse(code, 'not base58btc');
    number = number * 58n + BigInt(digit);
  }
  const bytes = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 255n));
  const zeros = /^1*/.exec(text.slice(1))[0].length;
  return Uint8Array.from([...new Array(zeros).fill(0), ...bytes]);
}

// WebCrypto where it knows Ed25519, else the library at `noble` (a URL), loaded when it is needed.
export async function ed25519(publicKey, signature, message, noble) {
  let key;
  try {
    key = await crypto.subtle.importKey('raw', publicKey, {name: 'Ed25519'}, false, ['verify']);
  } catch {
    const library = await import(noble);
    try {
      return await library.verifyAsync(signature, message, publicKey, {zip215: false});
    } catch {
      return false;
    }
  }
  return crypto.subtle.verify({name: 'Ed25519'}, key, signature, message);
}

// --- the signature --------------------------------------------------------------------------------------------------

const listed = value => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const idOf = value => (value !== null && typeof value === 'object' ? value.id : value);

export function keyFor(document, method, issuer) {
  if (method.split('#')[0] !== issuer || document.id !== issuer) refuse('issuer_mismatch', method);
  const wanted = [method, `#${method.split('#')[1]}`];
  const found = [...listed(document.verificationMethod), ...listed(document.assertionMethod)]
    .filter(one => one !== null && typeof one === 'object' && wanted.includes(one.id));
  if (found.length !== 1) refuse('key_not_found', method);
  if (found[0].controller !== issuer) refuse('key_not_authorised', 'controlled by somebody else');
  if (!listed(document.assertionMethod).some(one => wanted.includes(idOf(one)))) refuse('key_not_authorised', method);
  const data = found[0].type === 'Multikey' ? base58(found[0].publicKeyMultibase, 'key_not_found') : [];
  if (data.length !== 34 || data[0] !== 0xed || data[1] !== 1) refuse('key_not_found', 'not an Ed25519 Multikey');
  const ended = 'revoked' in found[0] || 'expires' in found[0];
  return {publicKey: data.slice(2), ended, endedIn: ended ? String(found[0].endedInDocumentVersion ?? '') : ''};
}

export async function checkSigned(record, document, noble) {
  const {proof, ...rest} = record;
  if (proof === null || typeof proof !== 'object' || Array.isArray(proof)) refuse('bad_proof', 'there is no proof');
  const {proofValue, ...options} = proof;
  const wanted = {type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', proofPurpose: 'assertionMethod'};
  for (const [name, value] of Object.entries(wanted)) {
    if (options[name] !== value) refuse('bad_proof', `proof.${name} is not ${value}`);
  }
  const method = options.verificationMethod;
  if (typeof method !== 'string' || !method.split('#')[1]) refuse('bad_proof', 'proof names no key');
  const signature = base58(proofValue, 'bad_proof');
  if (signature.length !== 64) refuse('bad_proof', 'a signature has 64 bytes');
  if ('@context' in options) {
    const begin = listed(options['@context']);
    const whole = listed(rest['@context']);
    if (canonical(whole.slice(0, begin.length)) !== canonical(begin)) refuse('bad_proof', 'the contexts do not begin with the proof\'s');
    rest['@context'] = options['@context'];
  }
  if (!listed(record.type).includes('VerifiableCredential')) refuse('bad_json', 'not a credential');
  const issuer = idOf(record.issuer);
  if (typeof issuer !== 'string') refuse('bad_json', 'no issuer');
  const key = keyFor(document, method, issuer);
  const message = join(await sha256(utf8(canonical(options))), await sha256(utf8(canonical(rest))));
  if (!(await ed25519(key.publicKey, signature, message, noble))) refuse('signature_invalid', 'the content does not fit');
  return {issuer, method, key};
}

// --- the log --------------------------------------------------------------------------------------------------------

const KINDS = {CodeSeriesRoot: 'series-root', LotRecall: 'recall', BitstringStatusListCredential: 'status-list'};

export async function entryOf(record) {
  const kind = KINDS[listed(record.type).find(name => name in KINDS)] ?? 'vc';
  const first = listed(record.credentialSubject)[0];
  const about = first !== null && typeof first === 'object' ? first : {};
  const subject = kind === 'status-list' ? record.id : about.id ?? record.id ?? '';
  const hash = hex(await sha256(utf8(canonical(record))));
  const entry = {v: 1, kind, hash, issuer: idOf(record.issuer), subject};
  if (kind === 'series-root') {
    const {item, lot, firstUnit, count, root} = about;
    Object.assign(entry, {item, lot, first: firstUnit, count, root});
  }
  if (kind === 'recall') {
    Object.assign(entry, {count: about.lots.length, lots: hex(await sha256(utf8(canonical(about.lots))))});
  }
  return utf8(canonical(entry));
}

export async function didEntry(document) {
  const hash = hex(await sha256(utf8(canonical(document))));
  return utf8(canonical({v: 1, kind: 'did-document', hash, issuer: document.id, subject: document.id}));
}

export function parseProof(text) {
  const cut = text.indexOf('\n\n');
  const lines = text.slice(0, cut).split('\n');
  if (cut < 0 || lines.shift() !== 'c2sp.org/tlog-proof@v1') refuse('inclusion_invalid', 'not a tlog-proof');
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift().slice(6), 'inclusion_invalid') : null;
  const index = /^index (0|[1-9]\d{0,14})$/.exec(lines.shift() ?? '');
  if (!index) refuse('inclusion_invalid', 'no index');
  const path = lines.map(line => base64(line, 'inclusion_invalid'));
  if (path.length > 63 || path.some(hash => hash.length !== 32)) refuse('inclusion_invalid', 'not a hash');
  return {index: Number(index[1]), path, extra, note: text.slice(cut + 2)};
}

const node = (left, right) => sha256(join([1], left, right));

// RFC 9162 2.1.3.2; sizes stay below 2^53, so halves are taken by division.
export async function rootFrom(index, size, leaf, path) {
  if (!(index >= 0 && index < size)) refuse('inclusion_invalid', 'outside the tree');
  let [place, last, running] = [index, size - 1, leaf];
  const half = number => Math.floor(number / 2);
  for (const sibling of path) {
    if (last === 0) refuse('inclusion_invalid', 'the proof is too long');
    if (place % 2 === 1 || place === last) {
      running = await node(sibling, running);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      running = await node(running, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) refuse('inclusion_invalid', 'the proof is too short');
  return running;
}

const bad = detail => refuse('checkpoint_invalid', detail);

export async function parseKey(text, algorithm = 1) {
  const [name, id, ...rest] = text.trim().split('+');
  const data = base64(rest.join('+'), 'checkpoint_invalid');
  if (!name || data.length !== 33 || data[0] !== algorithm) bad('not a key of this kind');
  const keyId = (await sha256(join(utf8(`${name}\n`), data))).slice(0, 4);
  if (hex(keyId) !== id) bad('the key id is wrong');
  return {name, keyId, publicKey: data.slice(1)};
}

export function splitNote(note) {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f\u007f]/.test(note)) bad('not a signed note');
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > 100) bad('too many signatures');
  const signatures = lines.map(line => {
    const found = /^\u2014 ([^\s+]+) (\S+)$/.exec(line);
    if (!found) bad('a malformed signature line');
    const data = base64(found[2], 'checkpoint_invalid');
    if (data.length < 5) bad('a malformed signature line');
    return {name: found[1], keyId: data.slice(0, 4), value: data.slice(4)};
  });
  return {body: note.slice(0, cut + 1), signatures};
}

const byKey = (signatures, key) => signatures.filter(one => one.name === key.name && same(one.keyId, key.keyId));

export async function checkpoint(note, vkey, noble) {
  const key = await parseKey(vkey);
  const {body, signatures} = splitNote(note);
  const mine = byKey(signatures, key);
  if (mine.length === 0) bad('not signed by the given log key');
  if (!(await ed25519(key.publicKey, mine[0].value, utf8(body), noble))) bad('the signature is wrong');
  const [origin, size, root] = body.split('\n');
  if (origin !== key.name || !/^(0|[1-9]\d{0,14})$/.test(size)) bad('of another log, or no size');
  const hash = base64(root, 'checkpoint_invalid');
  if (hash.length !== 32) bad('no root');
  return {origin, size: Number(size), root: hash, body, signatures};
}

export async function cosigners(point, witnesses, noble) {
  const names = [];
  for (const text of witnesses) {
    const key = await parseKey(text, 4);
    for (const {value} of byKey(point.signatures, key)) {
      const time = new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0);
      const message = utf8(`cosignature/v1\ntime ${time}\n${point.body}`);
      if (value.length !== 72 || !(await ed25519(key.publicKey, value.slice(8), message, noble))) bad('a cosignature is wrong');
      if (!names.includes(key.name)) names.push(key.name);
    }
  }
  return names;
}

export async function locate(entry, proofText, vkey, noble) {
  const proof = parseProof(proofText);
  if (proof.extra && !same(proof.extra, entry)) refuse('leaf_mismatch', 'the proof carries another entry');
  const point = await checkpoint(proof.note, vkey, noble);
  const root = await rootFrom(proof.index, point.size, await sha256(join([0], entry)), proof.path);
  if (!same(root, point.root)) refuse('inclusion_invalid', 'the proof leads to another root');
  return {index: proof.index, point};
}

export async function checkEnding(located, key, method, document, proofText, vkey, noble) {
  const ended = detail => refuse('key_ended', detail);
  const again = keyFor(document, method, method.split('#')[0]);
  if (!again.ended || !same(again.publicKey, key.publicKey)) ended('the document does not end this key');
  if (!key.endedIn || document.documentVersion !== key.endedIn) ended('another version ended the key');
  const ending = await locate(await didEntry(document), proofText, vkey, noble);
  const one = ending.point;
  const other = located.point;
  if (one.origin !== other.origin || one.size !== other.size || !same(one.root, other.root)) ended('different checkpoints');
  if (located.index >= ending.index) ended('logged after the key ended');
}

// --- withdrawn? -----------------------------------------------------------------------------------------------------

export function statusPlace(record) {
  const mine = listed(record.credentialStatus).filter(
    one => one && one.type === 'BitstringStatusListEntry' && one.statusPurpose === 'revocation');
  if (mine.length === 0) return null;
  if (!/^\d{1,12}$/.test(mine[0].statusListIndex ?? '')) refuse('status_invalid', 'no index');
  return {url: mine[0].statusListCredential, index: Number(mine[0].statusListIndex)};
}

export async function checkStatus(place, list, document, noble) {
  const owner = `did:web:${new URL(place.url).host.replace(':', '%3A')}`;
  if (list.id !== place.url || idOf(list.issuer) !== owner) refuse('status_invalid', 'another list');
  const {key} = await checkSigned(list, document, noble);
  const subject = list.credentialSubject;
  if (key.ended || subject.type !== 'BitstringStatusList' || subject.statusPurpose !== 'revocation') refuse('status_invalid', 'no list');
  const text = subject.encodedList.slice(1).replaceAll('-', '+').replaceAll('_', '/');
  const packed = base64(text.padEnd(Math.ceil(text.length / 4) * 4, '='), 'status_invalid');
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const bits = new Uint8Array(await new Response(stream).arrayBuffer());
  if (subject.encodedList[0] !== 'u' || bits.length < 16384 || place.index >= bits.length * 8) refuse('status_invalid', 'too short');
  if (bits[place.index >> 3] & (0x80 >> (place.index & 7))) refuse('withdrawn', `bit ${place.index} is set`);
}

// --- the events a list names (trace/verify/events.py) ---------------------------------------------------------------

export async function digestOf(value) {
  return `sha256-${btoa(String.fromCharCode(...(await sha256(utf8(canonical(value))))))}`;
}

export async function checkEvents(statement, document) {
  if (!listed(statement.type).includes('LotEventList')) refuse('bad_json', 'the credential is no LotEventList');
  const claimed = listed(statement.credentialSubject)[0]?.events;
  const whole = listed(statement.relatedResource)[0]?.digestSRI;
  if (!Array.isArray(claimed) || claimed.length === 0 || typeof whole !== 'string') refuse('bad_json', 'it lists no events');
  const events = document.epcisBody?.eventList;
  if (document.type !== 'EPCISDocument' || !Array.isArray(events)) refuse('bad_json', 'not an EPCIS document');
  for (const [place, {id, digest}] of claimed.entries()) {
    if (place >= events.length) refuse('events_differ', `${claimed.length - place} events at the end are missing`);
    const {'@context': _context, recordTime: _recordTime, ...event} = events[place];
    if (event.eventID !== id || (await digestOf(event)) !== digest) refuse('events_differ', `event ${place + 1}`);
  }
  if (events.length > claimed.length) refuse('events_differ', 'events were added at the end');
  if ((await digestOf(document)) !== whole) refuse('events_differ', 'the head of the document');
  return events.length;
}
