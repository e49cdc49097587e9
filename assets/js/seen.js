// What was looked at last, as a row of pictures. Only this browser remembers it
// and nothing of it is sent: names as they were read, by language, and no prices,
// for those change. On a product's page the product is remembered.
const key = 'awil:seen';
const most = 12;
const across = 6;

const all = () => {
  try {
    const list = JSON.parse(localStorage.getItem(key));
    return Array.isArray(list) ? list.filter((p) => /^\/products\/[\w-]+$/.test(p?.path) && p.names) : [];
  } catch { return []; }
};

export default function seen(row) {
  const list = row.querySelector('ul');
  const lang = document.documentElement.lang;
  const here = row.dataset.path && { path: row.dataset.path, photo: row.dataset.photo, color: row.dataset.color };
  const same = (p) => here && p.path.match(/\d+$/)?.[0] === here.path.match(/\d+$/)?.[0];

  const show = () => {
    const others = all().filter((p) => !same(p)).slice(0, across);
    list.replaceChildren(...others.map(line));
    row.classList.toggle('shown', others.length > 0);
  };
  const line = (p) => {
    const [name, of] = p.names[lang] ?? Object.values(p.names).at(-1);
    const li = document.createElement('li');
    const a = document.createElement('a');
    a.href = row.dataset.seen + p.path;
    if (of && of !== lang) a.lang = of;
    const img = new Image(160, 120);
    img.alt = '';
    img.loading = 'lazy';
    if (p.color) img.style.backgroundColor = p.color;
    if (p.photo?.startsWith('/photos/')) img.src = p.photo;
    a.append(img, name);
    li.append(a);
    return li;
  };
  const remember = () => {
    if (!here) return;
    const before = all();
    here.names = { ...before.find(same)?.names, [lang]: [row.dataset.name, row.dataset.lang || lang] };
    try { localStorage.setItem(key, JSON.stringify([here, ...before.filter((p) => !same(p))].slice(0, most))); } catch { /* full or forbidden */ }
  };

  row.querySelector('button').addEventListener('click', () => {
    try { localStorage.removeItem(key); } catch { /* forbidden: there is nothing */ }
    show();
    document.getElementById('main').focus();
  });
  addEventListener('pageshow', (e) => e.persisted && show());
  show();
  remember();
}
