// The form on which a buyer tells what is not right: what would go back follows
// what is chosen, and photos stand as pictures that can be taken out again.
// Without this the form has buttons for both (data-by-hand).
export default function ask(form) {
  form.querySelectorAll('[data-by-hand]').forEach((el) => el.remove());
  outcome(form);
  shots(form);
}

const pause = 150;

function outcome(form) {
  const place = form.querySelector('[data-outcome]');
  let timer, asked = 0;
  form.addEventListener('change', (e) => {
    if (e.target.name !== 'quantity') return;
    clearTimeout(timer);
    timer = setTimeout(show, pause);
  });
  async function show() {
    const mine = ++asked;
    const chosen = [...new FormData(form)].filter(([name]) => name === 'line' || name === 'quantity');
    try {
      const res = await fetch(`${form.action}/total?${new URLSearchParams(chosen)}`);
      if (!res.ok || res.redirected) return;
      const html = await res.text();
      if (mine === asked) place.innerHTML = html;
    } catch { /* no connection: the programme works it out as well */ }
  }
}

function shots(form) {
  const input = form.querySelector('input[type=file]');
  const list = form.querySelector('[data-shots]');
  const template = form.querySelector('template[data-shot]');
  const full = form.querySelector('[data-full]');
  const most = Number(list.dataset.most);
  const files = []; // each with the picture that stands for it

  // A button of this kind would send the form.
  list.querySelectorAll('button').forEach((b) => {
    b.type = 'button';
    b.addEventListener('click', () => drop(b.closest('li')));
  });
  input.addEventListener('change', () => add([...input.files]));
  add([...input.files]); // chosen before this script had come over a slow line

  function add(chosen) {
    if (!chosen.length) return keep();
    const room = Math.max(most - list.children.length, 0);
    full.hidden = chosen.length <= room;
    chosen.slice(0, room).forEach((file) => files.push({ file, el: picture(file) }));
    keep();
  }

  function picture(file) {
    const el = template.content.firstElementChild.cloneNode(true);
    const [img, button] = [el.querySelector('img'), el.querySelector('button')];
    img.src = URL.createObjectURL(file);
    img.alt = file.name;
    img.addEventListener('load', () => URL.revokeObjectURL(img.src), { once: true });
    button.addEventListener('click', () => drop(el));
    list.append(el);
    button.setAttribute('aria-label', button.dataset.name.replace('{n}', list.children.length));
    return el;
  }

  function drop(el) {
    const next = (el.nextElementSibling ?? el.previousElementSibling)?.querySelector('button');
    const at = files.findIndex((f) => f.el === el);
    if (at >= 0) files.splice(at, 1);
    el.remove();
    full.hidden = true;
    keep();
    (next ?? input).focus();
  }

  // What the form sends is what is shown.
  function keep() {
    const sent = new DataTransfer();
    files.forEach((f) => sent.items.add(f.file));
    input.files = sent.files;
  }
}
