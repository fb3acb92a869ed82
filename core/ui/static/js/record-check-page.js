// The button "在本机核对" of a record's page: fetches the files, has record-check.js check them, tells each step.
// The page is whole without it: the box is hidden until this runs.

const SENTENCES = {
  bad_json: '文件不是规范的记录，读不出来。',
  duplicate_key: '文件里同一个名称出现了两次，不予采信。',
  bad_proof: '记录上没有可用的签名，或签名格式不对。',
  key_not_found: '签名用的密钥不在签名人公布的身份文件里。',
  key_not_authorised: '这把密钥没有得到签名人授权。',
  key_ended: '这把密钥已经停用，又不能证明记录在停用之前就写进了日志。',
  issuer_mismatch: '记录上写的签名人，与密钥所属的身份不是同一个。',
  signature_invalid: '签名与内容对不上，内容在签名以后被改动过。',
  leaf_mismatch: '日志证明说的是另一份记录。',
  inclusion_invalid: '日志证明对不上，不能证明这份记录写进了日志。',
  checkpoint_invalid: '日志的签名不对，或不是这个日志出具的。',
  status_invalid: '撤回状态清单不能用。',
  withdrawn: '这份记录已经撤回。',
  events_differ: '事件和签了名的清单对不上：改了、少了、多了或换了次序。',
};

const text = async url => {
  const answer = await fetch(url, {cache: 'no-store'});
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.text();
};

const within = (url, name, value) => {
  const made = new URL(url, location.href);
  made.searchParams.set(name, value);
  return made;
};

async function checkRecord(rules, data, tell) {
  const record = rules.parse(await text(data.record));
  const did = rules.parse(await text(data.did));
  const {issuer, method, key} = await rules.checkSigned(record, did, data.noble);
  tell('ok', '签名有效，内容没有改动', `签名人 ${issuer}，密钥 ${method.split('#')[1]}`);
  let proof = await text(data.proof);
  if (key.ended) {
    const ending = await text(within(data.didProof, 'version', key.endedIn));
    const size = (await rules.checkpoint(rules.parseProof(ending).note, data.vkey, data.noble)).size;
    proof = await text(within(data.proof, 'size', size));
    const located = await rules.locate(await rules.entryOf(record), proof, data.vkey, data.noble);
    const document = rules.parse(await text(within(data.did, 'version', key.endedIn)));
    await rules.checkEnding(located, key, method, document, ending, data.vkey, data.noble);
    tell('ok', '密钥后来停用，记录在停用之前写入', '两份证明在同一个检查点下');
  }
  const {index, point} = await rules.locate(await rules.entryOf(record), proof, data.vkey, data.noble);
  tell('ok', '已写入存证日志', `${point.origin} 第 ${index} 条，检查点共 ${point.size} 条，日志签名有效`);
  const names = await rules.cosigners(point, JSON.parse(data.witnesses), data.noble);
  if (names.length) tell('ok', `${names.length} 家外部见证签过这个检查点`, names.join('，'));
  else tell('absent', '这个检查点没有外部见证签名', '只有平台自己保存日志。');
  if (data.events) {
    const count = await rules.checkEvents(record, rules.parse(await text(data.events)));
    tell('ok', `${count} 个事件都和清单一致`, '内容、个数、次序逐个对过');
    return;
  }
  const place = rules.statusPlace(record);
  if (place === null) tell('absent', '没有核对撤回', '这份记录不带状态清单，以本页上方的说明为准。');
  else if (!('DecompressionStream' in window)) tell('absent', '没有核对撤回', '这个浏览器解不开状态清单。');
  else {
    const list = rules.parse(await text(new URL(place.url).pathname));
    await rules.checkStatus(place, list, rules.parse(await text('/.well-known/did.json')), data.noble);
    tell('ok', '按状态清单没有撤回', `清单第 ${list.recordVersion} 版，第 ${place.index} 位`);
  }
}

async function run(box, button) {
  const results = box.querySelector('[data-results]');
  const tell = (tone, statement, note) => {
    const line = box.querySelector(`template[data-tone=${tone}]`).content.cloneNode(true);
    line.querySelector('b').textContent = statement;
    line.querySelector('.note').textContent = note;
    results.append(line);
  };
  button.disabled = true;
  results.replaceChildren();
  box.dataset.answer = '';
  let answer = 'ok';
  try {
    if (!globalThis.crypto?.subtle) {
      tell('absent', '这里不能核对', '浏览器只在 https 网页上提供加密接口。请用下面的独立程序。');
      answer = 'unable';
      return;
    }
    const rules = await import(box.dataset.module);
    try {
      await checkRecord(rules, box.dataset, tell);
    } catch (error) {
      if (!(error instanceof rules.Refused)) throw error;
      answer = error.code;
      tell('bad', '没有通过核对', `${SENTENCES[error.code] ?? ''}原因代码 ${error.code}`);
    }
  } catch (error) {
    answer = 'unable';
    tell('absent', '没有核对完', `文件取不到，或程序没有装上（${error.message}）。过一会儿再试。`);
  } finally {
    button.disabled = false;
    box.dataset.answer = answer;
  }
}

const box = document.querySelector('[data-record-check]');
if (box) {
  const button = box.querySelector('button');
  box.hidden = false;
  button.addEventListener('click', () => run(box, button));
}
