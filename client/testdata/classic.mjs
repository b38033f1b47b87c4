// The classic recipe for a token, made and checked by libraries that are not ours: npm jsonwebtoken and bcryptjs.
//
//	node classic.mjs generate > classic.json   writes a new fixture
//	node classic.mjs verify < tokens.json      checks tokens in the fixture's shape; prints [{"name","faults":[..]}]
//
// Shape of a fixture: {"signing_key","passcode","cases":[{"name","user_id","room_id","jwt","stored_token","exp"}]}.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import bcrypt from 'bcryptjs';
import jwt from 'jsonwebtoken';

// The first second of the year 2100, so that the fixture stays valid without a clock of its own.
const EXP = 4102444800;
const SIGNING_KEY = 'fixture-signing-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789';
const PASSCODE = 'fixture-passcode-9f8e7d6c';

const factor = (userID, passcode, roomID) => createHash('sha256').update(userID + passcode + roomID).digest('hex');

function salt(prefix, cost) {
  return prefix + bcrypt.genSaltSync(cost).slice('$2b$'.length);
}

// Low cost unless a case is about it: what each test pays for is one hash, not thousands.
function make({ name, user_id, room_id, prefix = '$2b$', cost = 4, options = {} }) {
  const token = factor(user_id, PASSCODE, room_id);
  return {
    name,
    user_id,
    room_id,
    jwt: jwt.sign({ user_id, room_id, token, exp: EXP }, SIGNING_KEY, { algorithm: 'HS512', ...options }),
    stored_token: bcrypt.hashSync(token, salt(prefix, cost)),
    exp: EXP,
  };
}

function generate() {
  const cases = [
    { name: 'plain names', user_id: 'ada', room_id: 'orders' },
    { name: 'no iat claim', user_id: 'ada', room_id: 'billing', options: { noTimestamp: true } },
    { name: 'a bcrypt hash of the older prefix', user_id: 'grace', room_id: 'orders', prefix: '$2a$' },
    { name: 'a bcrypt hash of the usual cost', user_id: 'linus', room_id: 'orders', cost: 10 },
    { name: 'an e-mail address and a path', user_id: 'ada+test@example.com', room_id: 'team/7/orders?x=1&y=<2>' },
    { name: 'names beyond ASCII', user_id: 'Ångström-さくら', room_id: 'Zürich 🚀' },
    { name: 'quotes and backslashes', user_id: 'a"b\\c', room_id: "o'r\u2028d" },
    { name: 'digits that are still text', user_id: '42', room_id: '0' },
  ];
  return { signing_key: SIGNING_KEY, passcode: PASSCODE, cases: cases.map(make) };
}

function faults(fixture, c) {
  const found = [];
  let claims;
  try {
    claims = jwt.verify(c.jwt, fixture.signing_key, { algorithms: ['HS512'] });
  } catch (err) {
    return [`jsonwebtoken: ${err.message}`];
  }
  const want = { user_id: c.user_id, room_id: c.room_id, exp: c.exp, token: factor(c.user_id, fixture.passcode, c.room_id) };
  for (const [key, value] of Object.entries(want)) {
    if (claims[key] !== value) found.push(`claim ${key} is ${JSON.stringify(claims[key])}, want ${JSON.stringify(value)}`);
  }
  if (!bcrypt.compareSync(want.token, c.stored_token)) found.push('bcryptjs: the stored token does not match the claim');
  return found;
}

function verify(fixture) {
  return fixture.cases.map((c) => ({ name: c.name, faults: faults(fixture, c) }));
}

switch (process.argv[2]) {
  case 'generate':
    console.log(JSON.stringify(generate(), null, 2));
    break;
  case 'verify':
    console.log(JSON.stringify(verify(JSON.parse(readFileSync(0, 'utf8')))));
    break;
  default:
    console.error('usage: node classic.mjs generate | verify');
    process.exit(2);
}
