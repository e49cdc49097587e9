// What was looked at last, as a row of pictures. Only this browser remembers it
// and nothing of it is sent: names as they were read, by language, the markets
// they were seen in, and no prices, for those change. A row has what has a name
// in its language and was seen in its market. On a product's page the product is
// remembered.
const key = 'awil:seen';
const most = 12;
const across = 6;

const all = () => {
  try {
    const list = JSON.parse(localStorage.getItem(key));
    return Array.isArray(list) ? list.filter((p) => /^\/products\/[\w-]+$/.test(p?.path) && p.names && Array.isArray(p.markets)) : [];
  } catch { return []; }
};

export default function seen(row) {
  const list = row.querySelector('ul');
  const lang = document.documentElement.lang;
  const market = row.dataset.seen.split('-').at(-1);
  const here = row.dataset.path && { path: row.dataset.path, photo: row.dataset.photo, color: row.dataset.color };
  const same = (p) => here && p.path.match(/\d+$/)?.[0] === here.path.match(/\d+$/)?.[0];

  const show = () => {
    const others = all().filter((p) => !same(p) && p.names[lang] && p.markets.includes(market)).slice(0, across);
    list.replaceChildren(...others.map(line));
    row.classList.toggle('shown', others.length > 0);
  };
  const line = (p) => {
    const [name, of] = p.names[lang];
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
    const known = before.find(same);
    here.names = { ...known?.names, [lang]: [row.dataset.name, row.dataset.lang || lang] };
    here.markets = [...new Set([...known?.markets ?? [], market])];
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
