// Verifies credentials with the npm packages of Digital Bazaar. Reads {documents, credentials} from standard input;
// whatever isn't in `documents` can't be loaded, so nothing comes from the network.
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {readFileSync} from 'node:fs';

const {documents, credentials} = JSON.parse(readFileSync(0, 'utf8'));

async function documentLoader(url) {
  if(!(url in documents)) {
    throw new Error(`not offline: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents[url]};
}

const suite = new DataIntegrityProof({cryptosuite});
const answers = [];
for(const credential of credentials) {
  const {verified, statusResult, error} = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  answers.push({
    verified,
    revoked: statusResult?.results?.map(result => result.status) ?? [],
    errors: (error?.errors ?? (error ? [error] : [])).map(each => each.message)
  });
}
console.log(JSON.stringify(answers));
