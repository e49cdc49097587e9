// What is typed into one form of a page stays while another is sent: it comes
// back where the server still shows what it was typed over, and says that it is
// not saved. Sending the form itself forgets it. data-typed names the form.
const kept = (field) => field.name && !/^(password|file|hidden|submit|button)$/.test(field.type);
const ticked = (field) => field.type === 'radio' || field.type === 'checkbox';
// a list without a marked entry shows its first
const chosen = (field) => Math.max(0, [...field.options].findIndex((o) => o.defaultSelected));

const was = (field) => {
  if (ticked(field)) return field.defaultChecked;
  return field.options ? chosen(field) : field.defaultValue;
};
const now = (field) => {
  if (ticked(field)) return field.checked;
  return field.options ? field.selectedIndex : field.value;
};
const set = (field, value) => {
  if (ticked(field)) field.checked = value;
  else if (field.options) field.selectedIndex = value;
  else field.value = value;
};

export default function typed(form) {
  const key = `awil:typed:${form.dataset.typed}`;
  const fields = [...form.elements].filter(kept);
  const sign = form.querySelector('[data-unsaved]');
  const changes = () => fields.flatMap((f, at) => {
    const before = was(f);
    return now(f) === before ? [] : [[at, f.name, before, now(f)]];
  });
  const look = () => {
    const list = changes();
    if (sign) sign.hidden = list.length === 0;
    try {
      if (list.length) sessionStorage.setItem(key, JSON.stringify(list));
      else sessionStorage.removeItem(key);
    } catch { /* full or forbidden: nothing is kept */ }
  };
  restore(fields, key);
  look();
  form.addEventListener('input', look);
  form.addEventListener('change', look);
  form.addEventListener('submit', () => {
    try { sessionStorage.removeItem(key); } catch { /* forbidden: nothing was kept */ }
  });
}

function restore(fields, key) {
  let list = [];
  try { list = JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return; }
  for (const [at, name, before, value] of list) {
    const field = fields[at];
    if (field?.name === name && was(field) === before && now(field) === before) set(field, value);
  }
}
