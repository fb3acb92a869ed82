// Canonical bytes by the browser's module, for test_jcs_browser.py: its path as argument,
// one JSON list of texts in, one list of answers out.
const {canonical, parse} = await import(process.argv[2]);

let text = '';
for await (const chunk of process.stdin) text += chunk;
const answers = JSON.parse(text).map(one => {
  try {
    return {bytes: Buffer.from(canonical(parse(one))).toString('hex')};
  } catch (error) {
    return {refused: error.code ?? String(error)};
  }
});
process.stdout.write(JSON.stringify(answers));
