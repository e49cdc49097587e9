// Sends photos one after the other, each with its picture and how far it is.
// The form works without this: it has a button marked data-by-hand.
//
// The page holds <template data-upload-item> with an element that has
// [data-preview], [data-state], a progress and, for a second try, [data-retry];
// it is put into [data-upload-list]. The server answers with JSON: html, the
// element that takes its place, or message, the sentence about what is wrong.
export default function upload(form) {
  const list = document.querySelector('[data-upload-list]');
  const template = document.querySelector('template[data-upload-item]');
  const words = form.dataset; // sending ("… {percent}"), waiting, failed
  const queue = [];
  let busy = false;

  form.querySelectorAll('[data-by-hand]').forEach((b) => { b.hidden = true; });
  form.addEventListener('change', (e) => { if (e.target.type === 'file') take(e.target); });
  form.querySelectorAll('input[type=file]').forEach(take); // chosen before this script had come over a slow line
  addEventListener('online', next);
  addEventListener('beforeunload', (e) => { if (queue.length) e.preventDefault(); });

  function take(input) {
    for (const file of input.files) queue.push(entry(input.name, file));
    input.value = '';
    next();
  }

  function entry(name, file) {
    const el = template.content.firstElementChild.cloneNode(true);
    const job = { name, file, el, state: el.querySelector('[data-state]'), bar: el.querySelector('progress') };
    const preview = el.querySelector('[data-preview]');
    preview.src = URL.createObjectURL(file);
    preview.addEventListener('load', () => URL.revokeObjectURL(preview.src), { once: true });
    preview.addEventListener('error', () => preview.remove(), { once: true }); // no picture this browser knows
    el.querySelector('[data-retry]')?.addEventListener('click', () => { queue.push(job); next(); });
    job.state.textContent = words.waiting;
    list.append(el);
    return job;
  }

  async function next() {
    if (busy || !queue.length) return;
    busy = true;
    const job = queue[0];
    try {
      const answer = await send(job);
      queue.shift();
      if (answer.html) replace(job.el, answer.html);
      else fail(job, answer.message);
      busy = false;
      next();
    } catch {
      job.state.textContent = words.waiting; // no connection: the next try is when there is one, or soon
      busy = false;
      setTimeout(next, 5000);
    }
  }

  function send(job) {
    const body = new FormData(form);
    body.set(job.name, job.file);
    job.el.querySelector('[data-retry]')?.setAttribute('hidden', '');
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.open('POST', form.action);
      xhr.setRequestHeader('Accept', 'application/json');
      xhr.upload.addEventListener('progress', (e) => {
        const percent = Math.floor((100 * e.loaded) / e.total);
        job.bar.value = percent;
        job.state.textContent = words.sending.replace('{percent}', percent);
      });
      xhr.addEventListener('load', () => {
        if (xhr.status === 503 || xhr.status === 429) reject(new Error(xhr.status));
        else if (xhr.status === 401) signIn();
        else resolve(read(xhr.responseText));
      });
      xhr.addEventListener('error', reject);
      xhr.addEventListener('timeout', reject);
      xhr.send(body);
    });
  }

  // The session has ended: the page itself leads to the sign-in and back here.
  function signIn() {
    queue.length = 0;
    location.reload();
  }

  // A photo that was turned down with a reason would be turned down again.
  function fail(job, reason) {
    job.state.textContent = reason ?? words.failed;
    job.state.classList.add('do');
    job.bar.hidden = true;
    if (!reason) job.el.querySelector('[data-retry]')?.removeAttribute('hidden');
  }
}

function read(text) {
  try { return JSON.parse(text); } catch { return {}; }
}

function replace(el, html) {
  const holder = document.createElement('template');
  holder.innerHTML = html;
  el.replaceWith(holder.content);
}
