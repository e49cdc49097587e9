// Names of goods under the search field while somebody types. The browser shows
// the list and the keys work in it as everywhere; choosing a name searches.
const pause = 160;

export default function suggest(form) {
  const field = form.querySelector('input[type=search]');
  const list = document.createElement('datalist');
  list.id = `${field.id}-names`;
  form.append(list);
  field.setAttribute('list', list.id);

  let timer;
  let asked;
  const ask = async () => {
    const text = field.value.trim();
    if (text.length < 2 || text === asked) return;
    asked = text;
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`);
      if (!answer.ok || asked !== text) return;
      const names = await answer.json();
      list.replaceChildren(...names.map((name) => new Option(name, name)));
    } catch { /* no connection: the field alone does it */ }
  };
  field.addEventListener('input', (e) => {
    if (e.inputType === 'insertReplacementText' || !e.inputType) { // a name was chosen
      if ([...list.options].some((o) => o.value === field.value)) form.requestSubmit();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
}
