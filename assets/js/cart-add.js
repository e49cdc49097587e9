// Puts something in the cart without leaving the page, and says so in a note
// that leads there. Should anything go amiss, the form is sent as without it.
let note;

export default function cartAdd(form) {
  form.addEventListener('submit', async (e) => {
    if (e.defaultPrevented || form.dataset.plain) return;
    e.preventDefault();
    const button = e.submitter;
    if (button?.getAttribute('aria-busy')) return;
    button?.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(form.action, {
        method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' },
      });
      const said = await answer.json();
      if (!said.text) throw new Error('no words');
      show(said, button);
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); // the header counts again
    } catch {
      form.dataset.plain = 'true';
      form.requestSubmit(button);
    } finally {
      button?.removeAttribute('aria-busy');
    }
  }, true); // before whatever else looks at the form
}

function show(said, button) {
  note?.remove();
  note = document.createElement('div');
  note.className = 'cart-note';
  note.append(
    Object.assign(document.createElement('p'), { role: 'status' }),
    Object.assign(document.createElement('a'), { className: 'btn small', href: said.url, textContent: said.go }),
    Object.assign(document.createElement('button'), { type: 'button', className: 'btn text small', textContent: said.close }),
  );
  document.getElementById('main').append(note);
  const close = () => { note.remove(); button?.focus(); };
  note.querySelector('button').addEventListener('click', close);
  note.addEventListener('keydown', (e) => e.key === 'Escape' && close());
  requestAnimationFrame(() => { note.querySelector('p').textContent = said.text; }); // heard only once it is there
}
