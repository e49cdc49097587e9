// What is typed into a form stays in this tab until it has arrived: a lost
// connection or a wrong tap on "back" costs nothing. What the server filled in
// wins. data-keep names the form; a page that shows it has arrived names it in
// data-forget.
export const keyOf = (name) => `awil:keep:${name}`;

const kept = (field) => field.name && !/^(password|file|hidden|submit|button)$/.test(field.type);

export default function keep(form) {
  const key = keyOf(form.dataset.keep);
  restore(form, key);
  const save = () => {
    const values = [...form.elements].filter(kept)
      .filter((f) => (f.type !== 'radio' && f.type !== 'checkbox') || f.checked)
      .map((f) => [f.name, f.value]);
    try { sessionStorage.setItem(key, JSON.stringify(values)); } catch { /* full or forbidden: nothing is kept */ }
  };
  form.addEventListener('input', save);
  form.addEventListener('change', save);
}

function restore(form, key) {
  let values = [];
  try { values = JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return; }
  if (form.querySelector('[aria-invalid=true]')) return; // the server has just shown what it got
  for (const [name, value] of values) {
    for (const field of [...form.elements].filter((f) => f.name === name && kept(f))) {
      if (field.type === 'radio' || field.type === 'checkbox') {
        if (field.value === value) field.checked = true;
      } else if (!field.value) {
        field.value = value;
      }
    }
  }
}
