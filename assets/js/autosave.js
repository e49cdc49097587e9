// A form that is sent a moment after each change, to the address in
// data-autosave. What could not be sent waits on this phone, also when the page
// is closed, and goes when there is a connection again.
const pause = 800;

export default function autosave(form) {
  const url = form.dataset.autosave;
  const key = `awil:autosave:${url}`;
  const state = document.querySelector('[data-saved-state]');
  const say = (word) => {
    if (!state) return;
    state.textContent = state.dataset[word] ?? '';
    state.classList.toggle('ok', word === 'saved');
  };
  const values = () => new URLSearchParams([...new FormData(form)].filter(([, v]) => typeof v === 'string'));
  let timer, running, again;

  async function send() {
    clearTimeout(timer);
    if (running) { again = true; return; }
    running = true;
    const body = values();
    remember(key, body.toString());
    say('saving');
    try {
      const res = await fetch(url, { method: 'POST', body, headers: { Accept: 'application/json' } });
      // A refusal of what she typed is told when she goes on, not in mid-word.
      if (res.ok || res.status === 422) remember(key, null);
      say(res.ok ? 'saved' : '');
    } catch {
      say('waiting');
    }
    running = false;
    if (again) { again = false; send(); }
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(send, pause); };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  form.addEventListener('submit', () => { clearTimeout(timer); remember(key, null); });
  addEventListener('online', () => recall(key) && send());

  const waiting = recall(key);
  if (waiting) {
    fill(form, new URLSearchParams(waiting));
    send();
  }
}

function fill(form, values) {
  for (const [name, value] of values) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = field.value === value || field.checked;
      else if (field.type !== 'file' && field.type !== 'hidden') field.value = value;
    }
  }
}

function recall(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function remember(key, value) {
  try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* full or forbidden */ }
}
