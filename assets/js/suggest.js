// Goods, shelves, villages and makers under the search field while somebody types: a combobox with a list. Arrows walk
// through it, Enter follows, Escape closes; without it the form searches as ever.
const pause = 140;

export default function suggest(form) {
  const field = form.querySelector('input[type=search]');
  const list = document.createElement('div');
  list.id = `${field.id}-list`;
  list.className = 'suggestions';
  list.role = 'listbox';
  list.ariaLabel = form.querySelector('label').textContent;
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-controls', list.id], ['aria-expanded', 'false']]) {
    field.setAttribute(name, value);
  }

  if (!field.value && history.state?.typed) field.value = history.state.typed; // gone on from a suggestion, and back
  let timer;
  let asked = '';
  let at = -1;

  const show = (open) => {
    list.hidden = !open;
    field.setAttribute('aria-expanded', open);
    if (!open) mark(-1);
  };
  const mark = (n) => {
    list.children[at]?.removeAttribute('aria-selected');
    at = n;
    const line = list.children[at];
    if (!line) return field.removeAttribute('aria-activedescendant');
    line.setAttribute('aria-selected', 'true');
    line.scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', line.id);
  };
  const draw = (answer) => {
    mark(-1);
    list.replaceChildren(...answer.map(line));
    show(answer.length > 0 && document.activeElement === field);
  };
  const line = (s, i) => {
    const a = document.createElement('a'); // itself the option: one inside an option cannot be reached
    a.id = `${list.id}-${i}`;
    a.role = 'option';
    a.href = s.href;
    a.tabIndex = -1;
    if (s.picture) {
      const img = new Image(44, 44);
      img.alt = '';
      img.src = s.picture;
      a.append(img);
    }
    const name = document.createElement('span');
    name.textContent = s.name;
    if (s.lang) name.lang = s.lang;
    a.append(name);
    if (s.note) {
      const note = document.createElement('small');
      note.textContent = s.note;
      a.append(note);
    }
    return a;
  };
  const ask = async () => {
    const text = field.value.trim();
    if (text === asked) return show(list.children.length > 0);
    asked = text;
    if (!text) return draw([]);
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`);
      if (!answer.ok || asked !== text) return;
      const found = await answer.json();
      if (asked === text) draw(found);
    } catch { /* no connection: the field alone does it */ }
  };

  field.addEventListener('input', (e) => {
    if (e.isComposing) return; // Japanese is still being put together
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
  field.addEventListener('compositionend', ask);
  field.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    const n = list.children.length;
    if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && n) {
      e.preventDefault();
      show(true);
      const step = e.key === 'ArrowDown' ? 1 : -1;
      mark(at + step < -1 ? n - 1 : at + step >= n ? -1 : at + step);
    } else if (e.key === 'Escape' && !list.hidden) {
      e.preventDefault();
      show(false);
    }
  });
  form.addEventListener('submit', (e) => {
    if (at < 0) return;
    e.preventDefault();
    list.children[at].click();
  });
  list.addEventListener('click', () => history.replaceState({ ...history.state, typed: field.value }, ''));
  list.addEventListener('mousedown', (e) => e.preventDefault()); // the field keeps the focus
  field.addEventListener('blur', () => show(false));
}
