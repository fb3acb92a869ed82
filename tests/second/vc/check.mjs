// Second implementation of our proofs: Digital Bazaar's eddsa-jcs-2022 cryptosuite and VC library.
// Reads one JSON request from standard input, writes one JSON answer.
//   {op: 'verify', credential, documents: {url: document}}  -> {verified, error?}
//   {op: 'sign', document, seed (hex), did, created}         -> {signed, didDocument}
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import * as suite from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import jsigs from 'jsonld-signatures';

const {purposes: {AssertionProofPurpose}} = jsigs;
const read = async () => {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
};

const loader = documents => async url => {
  const whole = documents[url] ?? documents[url.split('#')[0]];
  if (whole === undefined) throw new Error(`not given: ${url}`);
  const method = (whole.verificationMethod ?? []).find(one => one.id === url);
  const document = method ? {'@context': 'https://w3id.org/security/multikey/v1', ...method} : whole;
  return {contextUrl: null, documentUrl: url, document};
};

const verify = async ({credential, documents, plain}) => {
  const proof = new DataIntegrityProof({cryptosuite: suite.createVerifyCryptosuite()});
  const documentLoader = loader(documents);
  const result = plain ?
    await jsigs.verify(credential, {suite: proof, purpose: new AssertionProofPurpose(), documentLoader}) :
    await vc.verifyCredential({
      credential, suite: proof, documentLoader,
      checkStatus: async () => ({verified: true}), // status lists are checked by our own verifier
    });
  const why = result.error?.errors?.map(one => String(one.message)) ?? [String(result.error?.message ?? '')];
  return {verified: result.verified, error: result.verified ? undefined : why.join('; ')};
};

const sign = async ({document, seed, did, created}) => {
  const pair = await Multikey.generate({id: `${did}#key-1`, controller: did, seed: Buffer.from(seed, 'hex')});
  const {publicKeyMultibase} = await pair.export({publicKey: true});
  const method = {id: pair.id, type: 'Multikey', controller: did, publicKeyMultibase};
  const proof = new DataIntegrityProof({
    signer: pair.signer(), date: created, cryptosuite: suite.createSignCryptosuite(),
  });
  const signed = await jsigs.sign(document, {
    suite: proof, purpose: new AssertionProofPurpose(), documentLoader: loader({}),
  });
  return {signed, didDocument: {id: did, verificationMethod: [method], assertionMethod: [method.id]}};
};

const request = await read();
const answer = request.op === 'sign' ? await sign(request) : await verify(request);
process.stdout.write(JSON.stringify(answer));
